import { z } from "zod";
import { type Body, type Endpoint, isPathId, type Params, placeholders, type Result, type Route } from "./endpoint.ts";
import { CloudflareError, type Kind, type Refusal } from "./error.ts";
import { read as readAs } from "./reader.ts";
import { Message, ResultInfo } from "./result.ts";
import type { Trace, Transport, WireResponse } from "./transport.ts";

/** What a caller proves itself with: an API token, or the e-mail address and global key of a user. */
export type Credential = { token: string } | { email: string; key: string };

/** One successful answer: the result as its schema reads it, its place in the list, and the vendor's remarks. */
export interface Answer<T> {
  result: T;
  info: ResultInfo | undefined;
  messages: Message[];
}

/** How long somebody waits for a call. */
export interface Waiting {
  /** Ends the call when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** When the waiting ends at the latest, in milliseconds since the epoch. It changes while others join in or leave. */
  readonly until: number;
}

/** What goes with a call: who waits for it (a write waits for itself), and what becomes of it. */
export interface Sending extends Partial<Waiting> {
  /** Written while the call is made. */
  readonly trace?: Trace;
}

/** Calls one endpoint with one caller's credential. Throws {@link CloudflareError} and nothing else. */
export type Call = <E extends Endpoint>(
  endpoint: E,
  params: Params<E>,
  body?: Body<E>,
  sending?: Sending,
) => Promise<Answer<Result<E>>>;

/** A client for one caller. Without a credential every call is refused here, before the wire. */
export function createClient(options: { transport: Transport; baseUrl: string; credential: Credential | null }): Call {
  const { transport, baseUrl, credential } = options;
  const headers = credential && headersOf(credential);
  const secret = credential && ("token" in credential ? credential.token : credential.key);

  return async (endpoint, params, body, sending) => {
    const { route } = endpoint;
    if (!headers || !secret) {
      throw new CloudflareError(
        route,
        "No credential: send `Authorization: Bearer <API token>`, or `X-Auth-Email` with `X-Auth-Key`.",
        { kind: "unauthenticated" },
      );
    }
    const { method, path } = address(endpoint, params as Record<string, unknown>);
    const response = await transport({
      route,
      method,
      url: baseUrl + path,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: sending?.signal,
      trace: sending?.trace,
    });
    return read(endpoint, response, secret);
  };
}

function headersOf(credential: Credential): Record<string, string> {
  const own = { accept: "application/json", "user-agent": "cloudflare-iam-graphql" };
  return "token" in credential
    ? { ...own, authorization: `Bearer ${credential.token}` }
    : { ...own, "x-auth-email": credential.email, "x-auth-key": credential.key };
}

/** A route taken apart: `["/accounts/", "/members"]` around `["account_id"]`. */
interface Template {
  method: string;
  texts: string[];
  names: readonly string[];
}

const templates = new Map<string, Template>();

function templateOf(route: Route): Template {
  const [method = "", path = ""] = route.split(" ");
  const template = { method, texts: path.split(/\{\w+\}/), names: placeholders(route) };
  templates.set(route, template);
  return template;
}

/** Fills the route with ids that were checked, and puts the other parameters in the query. */
function address({ route }: Endpoint, params: Record<string, unknown>): { method: string; path: string } {
  const { method, texts, names } = templates.get(route) ?? templateOf(route);
  let path = texts[0] as string;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const id = params[name];
    if (typeof id !== "string" || !isPathId(id)) {
      throw new CloudflareError(route, `${route} was not called: its ${name} is not a plain identifier.`, {
        kind: "invalid",
      });
    }
    path += id + texts[i + 1];
  }
  let mark = "?";
  for (const name in params) {
    const value = params[name];
    if (value === undefined || names.includes(name)) continue;
    path += mark + (typeof value === "number" ? `${name}=${value}` : new URLSearchParams([[name, String(value)]]));
    mark = "&";
  }
  return { method, path };
}

const Envelope = z.object({
  success: z.literal(true),
  result_info: ResultInfo.nullish().catch(null),
  messages: z.array(Message).nullish().catch(null),
});

function read<E extends Endpoint>(endpoint: E, response: WireResponse, secret: string): Answer<Result<E>> {
  const { route } = endpoint;
  const facts = { status: response.status, rayId: rayIdOf(response, secret) };
  const json = parse(response.text);

  const refused = typeof json === "object" && json !== null && "success" in json && json.success === false;
  if (refused || response.status < 200 || response.status > 299) throw refusal(route, response, json, secret);

  const invalid = (error: z.ZodError, place: string[] = []) => {
    const issue = error.issues[0];
    // A place may be a key of the vendor's.
    const where = printable([...place, ...(issue?.path ?? [])].join("."), secret) || "(whole answer)";
    return new CloudflareError(route, `${route} answered something unexpected at ${where}: ${issue?.message}`, {
      kind: "invalid",
      ...facts,
    });
  };
  const envelope = readAs(Envelope, json);
  if (!envelope.success) throw invalid(envelope.error);
  const result = readAs(endpoint.result, (json as { result?: unknown }).result);
  if (!result.success) throw invalid(result.error, ["result"]);
  return {
    result: result.data as Result<E>,
    info: envelope.data.result_info ?? undefined,
    messages: envelope.data.messages ?? [],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function header(response: WireResponse, name: string): string | null {
  const value = response.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** A vendor that repeats the credential must not make us repeat it, nor one that talks without end talk without end. */
function printable(text: string, secret: string): string {
  const clean = text.replaceAll(secret, "[credential]");
  return clean.length > 1000 ? `${clean.slice(0, 1000)}…` : clean;
}

function rayIdOf(response: WireResponse, secret: string): string | null {
  const ray = header(response, "cf-ray");
  return ray === null ? null : printable(ray, secret);
}

const Chained = Message.extend({ error_chain: z.array(Message).nullish().catch(null) });
const Failed = z.object({ errors: z.array(Chained.catch({})).nullish() });

function refusal(route: string, response: WireResponse, json: unknown, secret: string): CloudflareError {
  const { status } = response;
  const parsed = Failed.safeParse(json);
  const print = (text: string | null | undefined) => (text == null ? null : printable(text, secret));
  const errors: Refusal[] = (parsed.data?.errors ?? [])
    .flatMap((error) => [error, ...(error.error_chain ?? [])])
    .slice(0, 20)
    .map((error) => ({
      code: error.code ?? null,
      message: print(error.message) ?? "",
      pointer: print(error.source?.pointer),
      documentationUrl: print(error.documentation_url),
    }));
  const kind = kindOf(route, status, errors);
  const words = errors.map(({ code, message }) => [code, message].filter(Boolean).join(" ")).join("; ");
  const said = words ? `: ${words}` : parsed.success ? "." : ", without a readable body.";
  const meant = errors.some(({ code }) => code === 7003)
    ? " (there is nothing under one of the ids, the account's perhaps)"
    : "";
  return new CloudflareError(route, `Cloudflare answered ${route} with ${status}${said}${meant}`, {
    kind,
    status,
    errors,
    rayId: rayIdOf(response, secret),
    resetAt: kind === "rate_limited" ? resetAt(header(response, "retry-after")) : null,
  });
}

/**
 * Cloudflare's codes say more than its statuses: 971 may come under 200, 7003 and 1003 stand for "no such thing" under
 * several statuses, and 9109 is both a bad token and a missing right, 10001 a missing right and a passing trouble: their
 * words tell. Code 10000 is ambiguous: the status decides.
 */
function kindOf(route: string, status: number, errors: Refusal[]): Kind {
  const code = (...codes: number[]) => errors.some((error) => error.code !== null && codes.includes(error.code));
  const says = (words: RegExp) => errors.some((error) => words.test(error.message));
  if (status === 429 || code(971, 10429)) return "rate_limited";
  if (status >= 500 || (code(10001) && says(/internal error/i))) return "broken";
  if (code(6111, 6103, 9103, 9106, 10502) || says(/invalid (access|api) token|max auth failures/i))
    return "unauthenticated";
  if (code(9109)) return "forbidden";
  if (status === 401) return "unauthenticated";
  if (status === 404 || code(7003) || (code(1003) && route.includes("/members"))) return "not_found";
  if (status === 403 || code(10000, 10001)) return "forbidden";
  return status < 400 && errors.length === 0 ? "broken" : "refused";
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
