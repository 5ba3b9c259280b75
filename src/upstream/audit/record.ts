import type { ApiResponse } from "../../cloudflare/client.ts";
import { placeholders, type Route } from "../../cloudflare/endpoint.ts";
import { CloudflareError } from "../../cloudflare/error.ts";

/**
 * What became of a write: `DONE`; `REFUSED` by Cloudflare, so that nothing was changed; `NOT_SENT`; or `UNKNOWN`, because it was
 * sent and no usable answer came.
 */
export type AuditOutcome = "DONE" | "REFUSED" | "NOT_SENT" | "UNKNOWN";

/** A line of the audit log: one before a REST write is sent, and one after it. */
export interface AuditRecord {
  audit: "before" | "after";
  /** When the line was made, in ISO 8601. */
  time: string;
  /** Id of the mutation: each field of `Mutation` has one of its own. */
  id: string;
  /** Name of the mutation; `null` of a write that belongs to none. */
  mutation: string | null;
  /** Which write of the mutation it is, from 1. */
  write: number;
  /** Who asked: issuer and subject in service mode, an HMAC of the credential in passthrough. */
  caller: string;
  /** The `x-request-id` of the request. */
  requestId: string;
  /** Method and path of the call, with names in place of IDs. */
  route: Route;
  /** What the write names: the IDs of its path, and those in its body by the name of their list. */
  ids: Record<string, string | string[]>;
  /** After it: what became of it. */
  outcome?: AuditOutcome;
  /** After it: the HTTP status; `null` where no answer came. */
  status?: number | null;
  /** After it: Cloudflare's ID of the answer, for its support and its own audit log. */
  rayId?: string | null;
  /** After it: ID of the object that Cloudflare answered with; `null` where there is none. */
  resultId?: string | null;
}

/** The IDs that a write names. Nothing else of its body is in it: names and domains may tell of people. */
export function idsOf(route: string, params: object, body: unknown): AuditRecord["ids"] {
  const given = params as Record<string, string>;
  const ids: AuditRecord["ids"] = {};
  for (const name of placeholders(route)) ids[name] = String(given[name]);
  const add = (name: string, id: string) => {
    const before = ids[name];
    ids[name] = Array.isArray(before) ? [...before, id] : [id];
  };
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, name);
    else if (typeof value === "object" && value !== null)
      for (const [key, inside] of Object.entries(value))
        if ((key === "id" || key === "key") && typeof inside === "string") add(name, inside);
        else visit(inside, key);
  };
  visit(body, route.slice(route.lastIndexOf("/") + 1));
  return ids;
}

/** What the line after a write says, by its answer. */
export function answered({ result, rayId = null }: ApiResponse<unknown>, status: number | null) {
  const { id } = { ...(result as { id?: unknown } | null) };
  return { outcome: "DONE" as const, status, rayId, resultId: typeof id === "string" ? id : null };
}

/** What the line after a write says, by its failure. */
export function failed(error: unknown) {
  if (!(error instanceof CloudflareError)) return { outcome: "UNKNOWN" as const, status: null, rayId: null };
  const { status, rayId } = error;
  return { outcome: outcomeOf(error), status, rayId };
}

const refusals = new Set(["unauthenticated", "forbidden", "not_found", "rate_limited", "rejected"]);
const sendsNothing = new Set(["unavailable", "access_denied", "too_expensive", "not_cached", "invalid_response"]);

function outcomeOf({ kind, status, done }: CloudflareError): AuditOutcome {
  if (done) return "DONE";
  if (status !== null) return refusals.has(kind) ? "REFUSED" : "UNKNOWN";
  return refusals.has(kind) || sendsNothing.has(kind) ? "NOT_SENT" : "UNKNOWN";
}
