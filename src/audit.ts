/** `cloudflare-iam-graphql/audit`: a record before and after each REST write, for the option `audit`. For Node. */
export { AuditFile } from "./server/audit/file.ts";
export { AuditStdout } from "./server/audit/stdout.ts";
export type { AuditOutcome, AuditRecord } from "./upstream/audit/record.ts";
export { Audit, type AuditLog, type AuditOptions } from "./upstream/audit.ts";
