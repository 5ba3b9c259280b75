import { createTransport, type ProxyOptions } from "../cloudflare/transport.ts";
import type { Authenticate } from "./caller.ts";
import { cloudflareAccess } from "./callers/jwt-options.ts";
import { parseRules } from "./callers/rules-file.ts";
import { jwksBounds, serviceMode } from "./callers/service-mode.ts";
import { secretProblem } from "./credential.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { WatchedFile, type WatchedFileOptions } from "./watched-file.ts";

/** Service mode of a process: who asks, and what ends with it. */
export interface ServedCallers {
  authenticate: Authenticate;
  close(): Promise<void>;
}

/** Makes service mode of settings, and watches its files. Rejects with `SettingsError` where a file cannot be used. */
export async function serveCallers(
  settings: Settings,
  proxy: ProxyOptions,
  log: WatchedFileOptions<unknown>["log"],
): Promise<ServedCallers> {
  const { CLOUDFLARE_API_TOKEN_FILE, CALLERS_FILE, ACCESS_TEAM_DOMAIN } = settings;
  const files: Disposable[] = [];
  const open = async <T>(name: string, path: string, parse: (text: string) => T) => {
    const file = await WatchedFile.open({ name, path, parse, log }).catch((error: Error) => {
      for (const opened of files) opened[Symbol.dispose]();
      throw new SettingsError(error.message);
    });
    files.push(file);
    return file;
  };
  const token = CLOUDFLARE_API_TOKEN_FILE
    ? await open("CLOUDFLARE_API_TOKEN_FILE", CLOUDFLARE_API_TOKEN_FILE, parseToken)
    : { value: settings.CLOUDFLARE_API_TOKEN };
  const rules = CALLERS_FILE
    ? await open("CALLERS_FILE", CALLERS_FILE, (text) => parseRules(text, "CALLERS_FILE"))
    : { value: [] };
  if (!CALLERS_FILE) log.error("CALLERS_FILE is not set: no caller has access to any account.");
  const transport = createTransport({ ...jwksBounds, proxy });
  const authenticate = serviceMode({
    credential: () => ({ token: token.value }),
    rules: () => rules.value,
    jwt: {
      ...(ACCESS_TEAM_DOMAIN
        ? cloudflareAccess(ACCESS_TEAM_DOMAIN)
        : { issuer: settings.JWT_ISSUER, jwksUrl: settings.JWT_JWKS_URL }),
      audience: settings.JWT_AUDIENCE,
      algorithms: settings.JWT_ALGORITHMS,
      clockTolerance: settings.JWT_CLOCK_TOLERANCE,
    },
    transport,
    log: (line) => log.error(line),
  });
  const close = async () => {
    for (const file of files) file[Symbol.dispose]();
    await transport.close();
  };
  return { authenticate, close };
}

function parseToken(text: string): string {
  const token = text.trim();
  const problem = secretProblem(token);
  if (problem) throw new Error(`The token in the file of CLOUDFLARE_API_TOKEN_FILE ${problem}.`);
  return token;
}
