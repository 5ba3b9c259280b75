import type { Delivery, SandboxResponse } from "./answer.ts";
import type { Page } from "./page.ts";

/** One thing that goes wrong with a call. */
export type Fault =
  /** The answer comes so many milliseconds later. */
  | { kind: "latency"; milliseconds: number }
  /** The answer never comes. */
  | { kind: "hang" }
  /** The body comes byte by byte, so many milliseconds from each to the next. */
  | { kind: "slowBody"; milliseconds: number }
  /** The connection is reset: before anything was done, after it was done and before the answer, or within the body. */
  | { kind: "reset"; at: "request" | "head" | "body" }
  /** An error of a proxy: the body is not that of the service. */
  | { kind: "error"; status: number; body: keyof typeof bodies; retryAfter?: string }
  /** Done and answered, but the body is cut off half-way, unnoticed by its sender. */
  | { kind: "truncated" }
  /** The body is so many bytes longer, in an unknown field. */
  | { kind: "huge"; bytes: number }
  /** So many records have gone from the front of the list since the page before, or come there if negative. */
  | { kind: "shifted"; records: number }
  /** The page begins with so many records of the one before, which the total does not show. */
  | { kind: "repeated"; records: number };

const limited = {
  result: null,
  success: false,
  errors: [{ code: 971, message: "Please wait and consider throttling your request speed" }],
  messages: [],
};

/** Bodies that come in place of an answer. Only the last is an envelope. */
const bodies = {
  html: "<!DOCTYPE html><html><body><h1>Web server is returning an unknown error</h1></body></html>",
  text: "error code: 520",
  empty: "",
  null: "null",
  limited: JSON.stringify(limited),
} as const;

const types: Partial<Record<keyof typeof bodies, string>> = { html: "text/html", text: "text/plain" };

/** A call that a fault may apply to. */
export interface FaultTarget {
  params: Record<string, string>;
  query: Record<string, string>;
  /** The credential as it was sent: the token, or the key. */
  credential: string | undefined;
}

/** Calls of a route that a fault applies to: the nth from now on, counted from 1, or those for which it returns true. */
export type When = number | ((call: FaultTarget) => boolean);

/** Faults injected on routes. */
export interface Faults {
  /** Injects a fault into some calls of a route, or into every one. */
  inject(route: string, fault: Fault, when?: When): void;
  /** Faults of the call that has just arrived. */
  next(route: string, call: FaultTarget): Fault[];
}

/** No faults yet. */
export function createFaults(): Faults {
  const injected: { route: string; fault: Fault; when: When | undefined; calls: number }[] = [];
  return {
    inject(route, fault, when) {
      injected.push({ route, fault, when, calls: 0 });
    },
    next: (route, call) =>
      injected
        .filter((each) => each.route === route && ++each.calls)
        .filter(({ when, calls }) => (typeof when === "function" ? when(call) : calls === (when ?? calls)))
        .map(({ fault }) => fault),
  };
}

/** Answers of the faults that need no handler. */
export function immediateResponse(faults: Fault[]): SandboxResponse | undefined {
  for (const fault of faults) {
    if (fault.kind === "reset" && fault.at === "request") {
      return { status: 0, headers: {}, text: "", delivery: { reset: "head" } };
    }
    if (fault.kind !== "error") continue;
    const { status, body, retryAfter } = fault;
    const headers = { "content-type": types[body] ?? "application/json" };
    return {
      status,
      headers: { ...headers, ...(retryAfter !== undefined && { "retry-after": retryAfter }) },
      text: bodies[body],
    };
  }
  return undefined;
}

/** The page that is given, after what happened to the list. */
export function shifted(faults: Fault[], page: Page): Page {
  for (const fault of faults) {
    if (fault.kind === "shifted") return { ...page, moved: { records: fault.records, told: true } };
    if (fault.kind === "repeated") return { ...page, moved: { records: -fault.records, told: false } };
  }
  return page;
}

/** The answer as it leaves. */
export function applyFault(faults: Fault[], response: SandboxResponse): SandboxResponse {
  let { text, delivery } = response;
  for (const fault of faults) {
    if (fault.kind === "truncated") text = text.slice(0, text.length / 2);
    if (fault.kind === "huge") text = text.replace("{", `{"padding":"${"x".repeat(fault.bytes)}",`);
    delivery = deliveryOf(fault, delivery);
  }
  return { ...response, text, ...(delivery && { delivery }) };
}

function deliveryOf(fault: Fault, delivery: Delivery | undefined): Delivery | undefined {
  switch (fault.kind) {
    case "latency":
      return { ...delivery, latency: fault.milliseconds };
    case "slowBody":
      return { ...delivery, byteInterval: fault.milliseconds };
    case "reset":
      return { ...delivery, reset: fault.at === "body" ? "body" : "head" };
    case "hang":
      return { ...delivery, hang: true };
    default:
      return delivery;
  }
}
