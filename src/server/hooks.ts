import type { Code } from "../graph/error.ts";
import type { CallEvent, CallSpan } from "../upstream/call-events.ts";

export type { CallEvent, CallSpan };

/**
 * How an operation ended: `ok` without errors · `partial` with data and errors · `failed` executed, and without data ·
 * `rejected` not executed: its document, its variables or its cost · `aborted` its client has left.
 */
export type Outcome = "ok" | "partial" | "failed" | "rejected" | "aborted";

/** One operation that was asked for, when it has ended. It has no record, no variable and no credential in it. */
export interface OperationEvent {
  /** The `x-request-id` of its answer. */
  requestId: string;
  /** As its client has named it; `null` where it has no name, or no operation was found. */
  name: string | null;
  kind: "query" | "mutation" | "subscription" | null;
  /** SHA-256 of the document as it was sent, in hexadecimal. */
  documentHash: string;
  /** In passthrough an HMAC of the credential, the same in every replica; otherwise issuer and subject. `null` for none. */
  caller: string | null;
  /** Fields of the operation that ask who may do what, such as `whoCan`: whoever asks may be looking for a way in. */
  accessQuestions: readonly string[];
  outcome: Outcome;
  /** `extensions.code` of its errors, each once. */
  codes: readonly Code[];
  /** It had the answer of an equal operation of the same caller that was under way. */
  joined: boolean;
  /** REST calls sent for it, repetitions aside. */
  calls: number;
  /** REST calls of other operations that it waited for. */
  shared: number;
  /** REST calls that were sent again. */
  retries: number;
  /** Reads that were answered from memory. */
  cached: number;
  /** Reads from memory that are older than was asked for, because Cloudflare could not answer. */
  stale: number;
  /** Seconds since the oldest read of the answer was sent; `null` where nothing was read. */
  age: number | null;
  /** Objects in the answer. */
  objects: number;
  /** From the parsed request to the result. */
  milliseconds: number;
  /** The part in which it waited for REST calls, for turns, or for the operation that it has joined. */
  upstreamMilliseconds: number;
  /** The rest: what the gateway itself took. */
  ownMilliseconds: number;
}

/** An operation as a tracer follows it. */
export interface OperationSpan {
  /** A REST call is sent for it. */
  call(call: { route: string; method: string; url: string; resent: number }): CallSpan;
  /** Called once when it has ended. */
  end(event: OperationEvent): void;
}

/** Follows operations and their calls from their beginning. `openTelemetry()` makes one. */
export interface Tracing {
  /** An operation begins; `headers` are those of its request. `undefined` where nobody follows it: it then costs nothing. */
  operation(headers: Headers): OperationSpan | undefined;
}

/** A request that got no further than HTTP: its credential, its body or its target was refused. No operation was run. */
export interface RefusalEvent {
  /** The `x-request-id` of its answer. */
  requestId: string;
  /** Status of the answer. */
  status: number;
  code: Code;
  /** Why, in words of ours. */
  message: string;
}

/**
 * Functions that are told what happens, at the moment when it has ended. One that throws disturbs nothing: its error is
 * logged. Without any of them nothing is measured and nothing is made.
 */
export interface Hooks {
  /** Called for each operation, whether it was executed or not. @default none */
  onOperation?: ((event: OperationEvent) => void) | undefined;
  /** Called for each REST call, with all its repetitions. @default none */
  onCall?: ((event: CallEvent) => void) | undefined;
  /** Called for each request that is refused before it is an operation. @default none */
  onRefusal?: ((event: RefusalEvent) => void) | undefined;
  /** Makes a span for each operation and each REST call: `openTelemetry()`. @default none */
  tracing?: Tracing | undefined;
}
