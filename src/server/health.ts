import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "./http-error.ts";

/** Whether a path asks for the health of the process. */
export function isHealthPath(path: string): boolean {
  return path === "/health" || path === "/health/live" || path === "/health/ready";
}

/** Whether a request is GET or HEAD. */
export function isRead({ method }: Pick<IncomingMessage, "method">): boolean {
  return method === "GET" || method === "HEAD";
}

/** The refusal of any other method. */
export const readOnly = new HttpError(405, "Use GET or HEAD.", { headers: { allow: "GET, HEAD" } });

/**
 * Health of the process, without any call to Cloudflare: a balancer that asks often must cost nothing, and Cloudflare's
 * failures are no reason to restart. `/health/live` is 200 as long as the process answers. `/health/ready`, and `/health`,
 * are 503 as soon as it is told to end.
 */
export function answerHealth(
  { method }: Pick<IncomingMessage, "method">,
  response: ServerResponse,
  path: string,
  draining: boolean,
): void {
  const ok = !draining || path === "/health/live";
  const word = ok ? "ok" : "shutting down";
  response.writeHead(ok ? 200 : 503, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": word.length,
    "cache-control": "no-store",
  });
  response.end(method === "HEAD" ? undefined : word);
}
