import { GraphQLError } from "graphql";
import type { Code } from "../graph/error.ts";
import type { Log } from "./log.ts";

/** A bound that a request went beyond: what it is called, what is allowed, and what was found where that is known. */
export interface ExceededLimit {
  name: string;
  allowed: number;
  found?: number;
}

/** Properties of an HTTP error beside its status and message. */
interface HttpErrorOptions {
  /** @default "BAD_USER_INPUT" */
  code?: Code;
  headers?: Record<string, string>;
  limit?: ExceededLimit;
  /**
   * Whether the status is for `application/graphql-response+json` alone, and `application/json` gets 200: for what clients
   * read from the body, some of which look at no body under another status. @default false
   */
  spec?: boolean;
}

/** A request that gets no further: why, in words that repeat nothing of the request, and under which status. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: Code;
  readonly headers: Record<string, string>;
  readonly limit: ExceededLimit | undefined;
  readonly spec: boolean;

  constructor(status: number, message: string, options: HttpErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = options.code ?? "BAD_USER_INPUT";
    this.headers = options.headers ?? {};
    this.limit = options.limit;
    this.spec = options.spec ?? false;
  }
}

/** The same as an error of GraphQL, for what Yoga has in hand already. Its status holds for every media type, unless it is `spec`. */
export function asGraphQLError({ status, message, code, headers, limit, spec }: HttpError): GraphQLError {
  const http = { status, headers, ...(spec && { spec }) };
  return new GraphQLError(message, { extensions: { code, ...(limit && { limit }), http } });
}

/** The headers that decide an answer: a cache that does not heed `no-store` keeps answers apart by them. */
export const VARY =
  "accept, authorization, cache-control, x-auth-email, x-auth-key, cf-access-jwt-assertion, origin, x-upstream-explain";

/** What is sent for it. */
interface Message {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An answer as GraphQL has it, in the media type that the caller takes. */
export function messageOf({ status, message, code, headers, limit }: HttpError, id: string, accept = ""): Message {
  const type = /\bapplication\/graphql-response\+json\b/i.test(accept) ? "graphql-response+json" : "json";
  const body = JSON.stringify({ errors: [{ message, extensions: { code, ...(limit && { limit }) } }] });
  return {
    status,
    body,
    headers: {
      "content-type": `application/${type}; charset=utf-8`,
      "content-length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      vary: VARY,
      "x-request-id": id,
      ...headers,
    },
  };
}

/** The response for Fetch. */
export function toResponse(error: HttpError, id: string, accept?: string | null): Response {
  const { status, headers, body } = messageOf(error, id, accept ?? "");
  return new Response(body, { status, headers });
}

/** A response of `node:http` or `node:http2`, as far as it is needed. */
export interface ResponseWriter {
  writeHead(status: number, headers: Record<string, string>): { end(body?: string): unknown };
}

/** The answer through a response of `node:http`. Nothing is sent after the head of an answer to HEAD. */
export function sendTo(response: ResponseWriter, error: HttpError, id: string, accept?: string, method?: string): void {
  const { status, headers, body } = messageOf(error, id, accept);
  response.writeHead(status, headers).end(method === "HEAD" ? undefined : body);
}

/**
 * A line for each refusal, a warning where the host is to be changed, and a call of `onRefusal`. The words are ours: nothing
 * but a plain path is repeated.
 */
export function logRefusal(log: Log, { status, message, code }: HttpError, requestId: string): void {
  const line = `Request ${requestId} was refused with ${status}: ${message}`;
  log[status < 500 ? "info" : "warn"](line, { requestId, status, code });
  log.onRefusal?.({ requestId, status, code, message });
}
