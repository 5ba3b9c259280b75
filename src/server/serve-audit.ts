import { Audit } from "../upstream/audit.ts";
import { AuditFile } from "./audit/file.ts";
import { AuditStdout } from "./audit/stdout.ts";
import { type Settings, SettingsError } from "./settings.ts";

/** Opens the audit log of the settings, until the process ends. Rejects with `SettingsError` where it cannot be written. */
export async function serveAudit(
  { AUDIT_LOG, CALL_TIMEOUT }: Pick<Settings, "AUDIT_LOG" | "CALL_TIMEOUT">,
  log: { error(line: string): void },
): Promise<Audit> {
  const to = AUDIT_LOG === "stdout" ? new AuditStdout() : await AuditFile.open(AUDIT_LOG).catch(refuse);
  return new Audit(to, { timeout: CALL_TIMEOUT, logger: (line) => log.error(line) });
}

function refuse({ code, message }: NodeJS.ErrnoException): never {
  const what = code === undefined ? message : `it cannot be opened (${code})`;
  throw new SettingsError(`The file of AUDIT_LOG cannot be used: ${what}. For standard output, set it to stdout.`);
}
