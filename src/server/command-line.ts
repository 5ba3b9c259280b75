import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { closestMatch } from "leven";
import { describeSettings } from "./settings.ts";

const options = {
  sandbox: { type: "boolean" },
  port: { type: "string" },
  host: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

const usage = `Usage: cloudflare-iam-graphql [options]

A GraphQL gateway over Cloudflare's IAM REST API.

Options:
  --sandbox      Answer from an in-memory mock of the API, with GraphiQL; no account and no token needed.
  --port <port>  The setting PORT.
  --host <host>  The setting HOST.
  -h, --help     Print this.
  -v, --version  Print the version.

Examples:
  cloudflare-iam-graphql --sandbox
  cloudflare-iam-graphql --port 4001
  GRAPHIQL=true LOG_LEVEL=debug cloudflare-iam-graphql --host 0.0.0.0
`;

/** Exit code of a command line that cannot be understood, as in POSIX utilities. */
const MISUSED = 2;

/**
 * Does what a command line asks: prints help or version, or serves until a signal ends the process. A command line that
 * cannot be understood is an error with exit code 2. The server is loaded only where it is needed.
 */
export async function run(args: string[], environment: Record<string, string | undefined>): Promise<void> {
  const problem = problemOf(args);
  if (problem) {
    console.error(`${problem}\nTry: cloudflare-iam-graphql --help`);
    process.exitCode = MISUSED;
    return;
  }
  const { values } = parseArgs({ args, options });
  if (values.help) return console.log(help());
  if (values.version) return console.log(version());
  const { port: PORT = environment.PORT, host: HOST = environment.HOST, sandbox = false } = values;
  const { serve } = await import("./serve.ts");
  await serve({ environment: { ...environment, PORT, HOST }, sandbox });
}

/** Why a command line cannot be understood. */
function problemOf(args: string[]): string | undefined {
  const names = Object.keys(options);
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") return `Unexpected argument: ${token.value}`;
    if (token.kind !== "option") continue;
    if (!names.includes(token.name)) {
      const near = closestMatch(token.name, names, { maxDistance: 2 });
      return `Unknown option: ${token.rawName}${near ? `. Did you mean --${near}?` : ""}`;
    }
    const takesValue = options[token.name as keyof typeof options].type === "string";
    if (takesValue && (!token.value || (!token.inlineValue && token.value.startsWith("-"))))
      return `Missing value: ${token.rawName} <${token.name}>`;
    if (!takesValue && token.value !== undefined) return `Option takes no value: ${token.rawName}`;
  }
  return undefined;
}

function help(): string {
  const settings = describeSettings().map(({ name, default: value, description }) => {
    const lines = wrap(description.replaceAll("`", ""), 94).map((line) => `      ${line}`);
    return [`  ${name}${value && `  (default: ${value})`}`, ...lines].join("\n");
  });
  return `${usage}\nSettings, as environment variables:\n${settings.join("\n")}`;
}

/** A text in lines of so many characters, as far as its words are no longer. */
function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}(?=\\s|$)|\\S+`, "g"))?.map((line) => line.trim()) ?? [];
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return version;
}
