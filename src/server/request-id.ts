import type { Plugin } from "graphql-yoga";

const plain = /^[\w.:-]{1,128}$/;

/** The ID under which a request is logged: the caller's `x-request-id` if it is a plain one, else a new one. */
export function requestIdFrom(given: string | string[] | null | undefined): string {
  return typeof given === "string" && plain.test(given) ? given : crypto.randomUUID();
}

const ids = new WeakMap<Request, string>();

/** The ID of a request, the same whenever it is asked for. */
export function requestIdOf(request: Request): string {
  const id = ids.get(request) ?? requestIdFrom(request.headers.get("x-request-id"));
  ids.set(request, id);
  return id;
}

/** Every answer has its request's ID in `x-request-id`. */
export const requestIds: Plugin = {
  onResponse: ({ request, response }) => response.headers.set("x-request-id", requestIdOf(request)),
};
