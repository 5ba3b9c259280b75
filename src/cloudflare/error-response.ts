import { placeholders } from "./endpoint.ts";
import { type ApiErrorDetail, CloudflareError, type Kind } from "./error.ts";
import { redact } from "./redaction.ts";
import { Message } from "./result.ts";
import type { WireResponse } from "./transport.ts";

/** One header of an answer, its first value where there are several. */
export function header(response: WireResponse, name: string): string | null {
  const value = response.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Cloudflare's ID of the response, for its support. */
export function rayIdOf(response: WireResponse, secret: string): string | null {
  const ray = header(response, "cf-ray");
  return ray === null ? null : redact(ray, secret);
}

/** Errors of one answer that are looked at. */
const most = 20;

/**
 * The errors of an answer, in Cloudflare's words, at most 20: under `errors` or `error`, as a list or alone, as objects or
 * plain texts. Entries with neither code nor message are left out.
 */
export function errorsOf(json: unknown, secret: string): ApiErrorDetail[] {
  if (typeof json !== "object" || json === null) return [];
  const { errors, error } = json as { errors?: unknown; error?: unknown };
  const print = (text: string | null | undefined) => (text == null ? null : redact(text, secret));
  return [...listOf(errors), ...listOf(error)]
    .flatMap((each) => [each, ...listOf((each as { error_chain?: unknown } | null | undefined)?.error_chain)])
    .flatMap((each) => Message.safeParse(each).data ?? [])
    .filter(({ code, message }) => code != null || message)
    .slice(0, most)
    .map(({ code, message, source, documentation_url }) => ({
      code: code ?? null,
      message: print(message) ?? "",
      pointer: print(source?.pointer),
      documentationUrl: print(documentation_url),
    }));
}

function listOf(given: unknown): unknown[] {
  return Array.isArray(given) ? given.slice(0, most) : [given];
}

/** The failure that a refusal is: an answer with Cloudflare's errors, or one whose status alone says enough (429, 5xx). */
export function toCloudflareError(
  route: string,
  response: WireResponse,
  errors: ApiErrorDetail[],
  secret: string,
): CloudflareError {
  const { status } = response;
  const kind = kindOf(route, status, errors);
  // The services behind user groups, resource groups and SSO repeat the status in place of a code [S].
  const words = errors
    .map(({ code, message }) =>
      [code === status ? null : code, without(message, code, status)].filter(Boolean).join(" "),
    )
    .filter(Boolean)
    .join("; ");
  // Of one ID alone there is nothing to guess.
  const several = placeholders(route).length > 1;
  const meant =
    several && errors.some(({ code }) => code === 7003)
      ? " (there is nothing under one of the IDs, the account's perhaps)"
      : "";
  return new CloudflareError(
    route,
    `Cloudflare answered ${route} with ${status}${words ? `: ${words}` : "."}${meant}`,
    {
      kind,
      status,
      errors,
      rayId: rayIdOf(response, secret),
      resetAt: kind === "rate_limited" ? resetAt(header(response, "retry-after")) : null,
    },
  );
}

/** A message without the code or the status at its beginning, which are told already. */
function without(message: string, ...told: (number | null)[]): string {
  const [beginning = ""] = /^\d+(?:[\s:.-]+|$)/.exec(message) ?? [];
  return beginning && told.includes(Number.parseInt(beginning, 10)) ? message.slice(beginning.length) : message;
}

/**
 * Cloudflare's codes say more than its statuses: 971 may come under 200, 7003 and 1003 stand for "no such thing" under
 * several statuses, and 9109 is both a bad token and a missing right, 10001 a missing right and a passing trouble: their
 * words tell. Code 10000 is ambiguous: the status decides.
 */
function kindOf(route: string, status: number, errors: ApiErrorDetail[]): Kind {
  const code = (...codes: number[]) => errors.some((error) => error.code !== null && codes.includes(error.code));
  const says = (words: RegExp) => errors.some((error) => words.test(error.message));
  if (status === 429 || code(971, 10429)) return "rate_limited";
  if (status >= 500 || (code(10001) && says(/internal error/i))) return "upstream_failure";
  if (code(6111, 6103, 9103, 9106, 10502) || says(/invalid (access|api) token|max auth failures/i))
    return "unauthenticated";
  if (code(9109)) return "forbidden";
  if (status === 401) return "unauthenticated";
  if (status === 404 || code(7003) || (code(1003) && route.includes("/members"))) return "not_found";
  if (status === 403 || code(10000, 10001)) return "forbidden";
  return "rejected";
}

const fiveMinutes = 300_000;
const day = 86_400_000;

/** `Retry-After` in seconds, or as a date, within a day; without one that can be read, Cloudflare's five minutes. */
function resetAt(retryAfter: string | null): Date {
  const now = Date.now();
  const text = retryAfter ?? "";
  // `Date.parse` takes `1.5` for a day in 2001, which is no wait at all.
  const date = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text) : Number.NaN;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : date - now;
  return new Date(now + (Number.isNaN(wait) ? fiveMinutes : Math.min(Math.max(wait, 0), day)));
}
