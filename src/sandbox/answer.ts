import { idOf } from "./id-generator.ts";

/** One request: an absolute URL, and header names in lower case. */
export interface SandboxRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

/** One answer as it goes on the wire. Header names are lower case. */
export interface SandboxResponse {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** How it leaves, unless whole and at once. */
  delivery?: Delivery;
}

/** How an answer leaves a sandbox that listens. */
export interface Delivery {
  /** Milliseconds until its first byte. */
  latency?: number;
  /** Milliseconds from each byte of the body to the next. */
  byteInterval?: number;
  /** The connection is reset before the first byte, or half-way through the body. */
  reset?: "head" | "body";
  /** Nothing is ever sent. */
  hang?: boolean;
}

/** Further properties of a rejection. */
interface ApiErrorDetail {
  /** The undocumented `error_chain` of errors that come from Cloudflare's edge, not from a service [S]. */
  chain?: { code: number; message: string };
  /** Failures of `/members` carry `[]` here, all others `null` [S]. */
  result?: null | [];
  headers?: Record<string, string>;
}

/** A rejection in Cloudflare's words; thrown by handlers, serialised in one place, {@link errorResponse}. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly detail: ApiErrorDetail;

  constructor(status: number, code: number, message: string, detail: ApiErrorDetail = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** The services behind user groups, resource groups and SSO put the HTTP status where a code should be [S]. */
export function serviceError(status: number, message: string): ApiError {
  return new ApiError(status, status, message);
}

/** No such path, or an ID in it that leads nowhere. */
export function noRoute(): ApiError {
  return new ApiError(404, 7003, "No route for the URI");
}

/** An envelope that refuses; exported for tests that plant answers. */
export function errorResponse({ status, code, message, detail }: ApiError): SandboxResponse {
  const error = { code, message, ...(detail.chain && { error_chain: [detail.chain] }) };
  const envelope = { result: detail.result ?? null, success: false, errors: [error], messages: [] };
  return { status, headers: { ...jsonHeaders, ...detail.headers }, text: JSON.stringify(envelope) };
}

/** An envelope that succeeds. Without `result` the key is missing, as after `begin_verification` [D]. */
export function successResponse(reply: { result?: unknown; result_info?: unknown }): SandboxResponse {
  const { result, result_info } = reply;
  const envelope = { result, success: true, errors: [], messages: [], result_info };
  return { status: 200, headers: jsonHeaders, text: JSON.stringify(envelope) };
}

const jsonHeaders = { "content-type": "application/json" };

/** Headers of Cloudflare's edge on every answer [S]; the cookie must never reach a browser through a gateway. */
export function edgeHeaders(serial: number): Record<string, string> {
  const ray = idOf("ray", serial);
  return {
    "api-version": "2026-09-26.epoch",
    "cache-control": "no-store, no-cache, must-revalidate, post-check=0, pre-check=0",
    "cf-auditlog-id": `019b0000-${ray.slice(0, 4)}-7${ray.slice(4, 7)}-8${ray.slice(7, 10)}-${ray.slice(10, 22)}`,
    "cf-cache-status": "DYNAMIC",
    "cf-ray": `${ray.slice(0, 16)}-AMS`,
    server: "cloudflare",
    "set-cookie": `__cflb=${ray}; SameSite=Lax; path=/; HttpOnly`,
  };
}
