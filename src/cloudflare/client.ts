import { type Body, type Endpoint, isPathId, type Params, placeholders, type Result, type Route } from "./endpoint.ts";
import { type ApiResponse, readAnswer } from "./envelope.ts";
import { CloudflareError } from "./error.ts";
import type { Slice } from "./reader-in-turns.ts";
import type { Trace, Transport } from "./transport.ts";

export type { ApiResponse } from "./envelope.ts";

/** Credential of a caller: an API token, or the e-mail address and global key of a user. */
export type Credential = { token: string } | { email: string; key: string };

/** How long somebody waits for a call. */
export interface CallDeadline {
  /** Ends the call when no operation waits for it any more. */
  readonly signal: AbortSignal;
  /** When the waiting ends at the latest, in milliseconds since the epoch. It changes while others join in or leave. */
  readonly until: number;
}

/** What a write is a part of: its name, and an ID of this one time. */
export interface WriteOrigin {
  readonly id: string;
  readonly name: string;
}

/** Options of a call: its deadline (a write has none), its record, and where it comes from. */
export interface CallOptions extends Partial<CallDeadline> {
  /** Written while the call is made. */
  readonly trace?: Trace;
  /** Told of a read's record, and whether another operation makes the call. */
  readonly onTrace?: (trace: Trace, shared: boolean) => void;
  /** Of a read: it is sent, whatever is remembered, and joined with no other in flight. */
  readonly fresh?: boolean | undefined;
  /** Of a write: what it is a part of. It is not sent. */
  readonly mutation?: WriteOrigin | undefined;
}

/** Calls one endpoint with one caller's credential. Throws {@link CloudflareError} and nothing else. */
export type Call = <E extends Endpoint>(
  endpoint: E,
  params: Params<E>,
  body?: Body<E>,
  sending?: CallOptions,
) => Promise<ApiResponse<Result<E>>>;

/** Options of a client. */
export interface ClientOptions {
  transport: Transport;
  baseUrl: string;
  credential: Credential | null;
  /** Why there is no credential, as it is told to the caller. @default "No credential." */
  problem?: string;
  /** Turns in which long answers are read. @default one turn for each answer */
  slice?: Slice;
}

/** A client for one caller. Without a credential every call is refused here, before the wire. */
export function createClient(options: ClientOptions): Call {
  const { transport, baseUrl, credential, problem = "No credential.", slice } = options;
  const headers = credential && headersOf(credential);
  const secret = credential && secretOf(credential);

  return async (endpoint, params, body, sending) => {
    const { route } = endpoint;
    if (!headers || !secret) {
      throw new CloudflareError(route, problem, { kind: "unauthenticated" });
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
    return readAnswer(endpoint, response, secret, slice);
  };
}

/** The part of a credential that nobody may see. */
export function secretOf(credential: Credential): string {
  return "token" in credential ? credential.token : credential.key;
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

/** Fills the route with IDs that were checked, and puts the other parameters in the query. */
function address(
  { route, account, query }: Endpoint,
  params: Record<string, unknown>,
): { method: string; path: string } {
  const { method, texts, names } = templates.get(route) ?? templateOf(route);
  let path = texts[0] as string;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const id = params[name];
    if (typeof id !== "string" || !isPathId(id)) {
      throw new CloudflareError(route, `${route} was not called: its ${name} is not a plain identifier.`, {
        kind: "invalid_response",
      });
    }
    path += id + texts[i + 1];
  }
  const unsent = account !== undefined && !(query && account in query.shape) ? account : undefined;
  let mark = "?";
  for (const name in params) {
    const value = params[name];
    if (value === undefined || names.includes(name) || name === unsent) continue;
    path += mark + (typeof value === "number" ? `${name}=${value}` : new URLSearchParams([[name, String(value)]]));
    mark = "&";
  }
  return { method, path };
}
