import { z } from "zod";

const flag = z.enum(["true", "false"]).transform((word) => word === "true");

/** Settings, their defaults, and what is allowed in the words of the refusal. */
const Settings = z.object({
  PORT: z.coerce
    .number("a port, 0 to 65535")
    .int("a port, 0 to 65535")
    .min(0, "a port, 0 to 65535")
    .max(65535, "a port, 0 to 65535")
    .default(4000),
  HOST: z.string().min(1, "a host name or address").default("127.0.0.1"),
  CLOUDFLARE_API_BASE_URL: z
    .url({ protocol: /^https?$/, error: "an http or https URL" })
    .transform((url) => url.replace(/\/+$/, ""))
    .default("https://api.cloudflare.com/client/v4"),
  GRAPHIQL: flag.default(false),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Checked settings, by the names of their environment variables. */
export type Settings = z.output<typeof Settings>;

/** A setting that cannot be used; the message has a line for each: its name, its value, what is allowed. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads the settings from the environment. An empty variable counts as not set. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const settings = Settings.safeParse(given);
  if (settings.success) return settings.data;
  const lines = settings.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const allowed = issue.code === "invalid_value" ? issue.values.join(", ") : issue.message;
    return `${name}=${JSON.stringify(given[name])} is not allowed; it must be ${issue.code === "invalid_value" ? "one of " : ""}${allowed}`;
  });
  throw new SettingsError(lines.join("\n"));
}
