import type { Plugin } from "graphql-yoga";
import { HttpError, VARY } from "./http-error.ts";

/** Headers of requests that the gateway reads and that a page must be allowed to send; `accept` always is. */
const SENT = "authorization, cache-control, content-type, x-auth-email, x-auth-key, x-request-id, x-upstream-explain";

/** Headers of answers that a page may read, beside those that it always may. */
const READ = "age, retry-after, www-authenticate, x-request-id";

/** Seconds that a browser may remember what it may send. */
const MAX_AGE = 600;

/** A request of a browser that asks what a page may send. */
export interface PreflightRequest {
  method: string;
  origin: string | null | undefined;
  /** `Access-Control-Request-Method`. */
  asks: string | null | undefined;
}

/**
 * Lets pages of certain origins read answers, with what the browser sends of itself (the cookie of Cloudflare Access in front).
 * Yoga's own would answer an unknown origin with `null`, which is the origin of every sandboxed frame.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** What lets a page of this origin read an answer; nothing for any other. */
  headersFor(origin: string | null | undefined): Record<string, string> {
    if (!origin || !this.#origins.has(origin)) return {};
    return {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": READ,
    };
  }

  /** What answers a preflight: headers, or a refusal. Nothing for other requests, and where no origin is allowed. */
  preflight({ method, origin, asks }: PreflightRequest): Record<string, string> | HttpError | undefined {
    if (method !== "OPTIONS" || !origin || !asks || this.#origins.size === 0) return undefined;
    if (!this.#origins.has(origin)) return notAllowed;
    return {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": SENT,
      "access-control-max-age": String(MAX_AGE),
      "cache-control": "no-store",
      vary: "origin, access-control-request-method, access-control-request-headers",
    };
  }
}

const notAllowed = new HttpError(
  403,
  "Pages of this origin may not ask: it is not among CORS_ORIGINS, which is the option `corsOrigins`.",
  { code: "FORBIDDEN" },
);

/**
 * Every answer says that it is nobody else's: no cache may keep it, and `Vary` names what decides it. What is public and
 * says how long it may be kept (the files of GraphiQL) stays as it is.
 */
export function answerHeaders(cors: Cors): Plugin {
  return {
    onResponse: ({ request, response }) => {
      const { headers } = response;
      if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
      if (headers.get("cache-control") === "no-store") headers.set("vary", VARY);
      for (const [name, value] of Object.entries(cors.headersFor(request.headers.get("origin"))))
        headers.set(name, value);
    },
  };
}
