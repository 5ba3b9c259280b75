import { CloudflareError, type Cost } from "../cloudflare/error.ts";
import type { QuotaStatus } from "./budget.ts";

/** Refuses what is beyond the calls that one operation may make; without a route it is the whole operation. */
export function operationTooExpensive(route: string, cost: Cost): CloudflareError {
  const { needed, left, limit } = cost;
  const message =
    `${route || "The operation"} was not sent: it takes ${counted(needed)}, and of the ${limit} that one operation may make ` +
    `${left} are left.${advice(cost)}`;
  return new CloudflareError(route, message, { kind: "too_expensive", cost });
}

/** Refuses an operation before it runs, because its answer would have more objects than one may have. */
export function tooManyObjects(cost: Cost): CloudflareError {
  const message =
    `The operation was not carried out: its answer may have ${cost.needed} objects, and ${cost.limit} are allowed. ` +
    `Ask for shorter lists, or for less of each item.${advice(cost)}`;
  return new CloudflareError("", message, { kind: "too_expensive", cost: { unit: "objects", ...cost } });
}

/** Refuses an answer that has turned out larger than it may be. */
export function answerTooLarge(cost: Cost & { unit: "objects" | "bytes" | "errors" }): CloudflareError {
  const { unit, needed, limit } = cost;
  const message =
    `The answer is larger than it may be: ${needed} ${unit} or more, and ${limit} are allowed. Ask for shorter lists, or ` +
    "for less of each item.";
  return new CloudflareError("", message, { kind: "too_expensive", cost });
}

/** Refuses what is beyond what is left of the quota; without a route it is the whole operation. */
export function quotaExceeded(
  route: string,
  cost: Cost,
  { resetAt, of }: Pick<QuotaStatus, "resetAt" | "of">,
): CloudflareError {
  const { needed, left, limit } = cost;
  if (!Number.isFinite(limit) && resetAt) return rateLimited(route, resetAt);
  const message =
    `${route || "The operation"} was not sent: it takes ${counted(needed)}, and of ${of ? "this caller's" : "Cloudflare's"} quota of ${limit} ` +
    `${left} are left${needed > 1 && left > 0 ? ", the last tenth of them for writes and single reads" : ""}.` +
    `${resetAt ? ` Come back at ${resetAt.toISOString()}.` : ""}${advice(cost)}`;
  return new CloudflareError(route, message, { kind: "rate_limited", resetAt, cost });
}

/** Refuses what Cloudflare would refuse, whatever it costs; without a route it is the whole operation. */
export function rateLimited(route: string, resetAt: Date): CloudflareError {
  const message = `${route || "The operation"} was not sent: Cloudflare refuses everything until ${resetAt.toISOString()}.`;
  return new CloudflareError(route, message, { kind: "rate_limited", resetAt });
}

function counted(calls: number): string {
  return `${calls} call${calls === 1 ? "" : "s"}`;
}

function advice({ first }: Cost): string {
  return first === null ? "" : ` With \`first: ${first}\` at most, the whole operation fits.`;
}
