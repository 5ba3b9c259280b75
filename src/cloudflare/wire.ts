import { count, milliseconds } from "../options.ts";

/** One request as it goes on the wire. The route is for errors and labels only. */
export interface WireRequest {
  route: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
  /** Ends the call when no operation waits for it any more. */
  signal?: AbortSignal | undefined;
  /** Written by the sender and by the transport. */
  trace?: Trace | undefined;
}

/** Record of one call: attempts and status. */
export interface Trace {
  route: string;
  /** How often it was sent. */
  attempts: number;
  /** HTTP status of the last answer; `null` while none has come. */
  status: number | null;
  /** Milliseconds that it waited for its turns; this and the following are noted where calls are observed. */
  waited?: number;
  /** Cloudflare's ID of the last answer. */
  rayId?: string | null;
  /** Calls that the credential has left, as the last answer says. */
  remaining?: number;
}

/** One answer as received, with any status. Header names are lower case. */
export interface WireResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Why the body could not be read, as the end of a sentence: "a gzip body that cannot be decoded". `text` is empty then. */
  unreadable?: string | undefined;
}

/**
 * The seam to the network: `createTransport()` on Node, `fetchTransport()` wherever there is `fetch`, the sandbox's
 * `handle` in tests, or one of your own. It answers with whatever came, or throws. It follows no redirect: a credential
 * must not travel to another host. The gateway makes sense of whatever it throws, and gives up after `callTimeout`.
 */
export type Transport = (request: WireRequest) => Promise<WireResponse>;

/** Options of all our transports; every field has a default. */
export interface ReceiveOptions {
  /** Milliseconds one call may take, from asking for it to its last byte. @default 10000 */
  callTimeout?: number;
  /** Bytes one answer may have, decoded. @default 33554432 (32 MiB) */
  maxResponseSize?: number;
  /**
   * Bytes of answers that are being received, together. Beyond it the network waits: the oldest answer comes first. At
   * least `maxResponseSize`. @default 268435456 (256 MiB)
   */
  maxReceiveBuffer?: number;
}

/** Allowed values of {@link ReceiveOptions}. */
export const receiveOptions = {
  callTimeout: milliseconds,
  maxResponseSize: count("bytes"),
  maxReceiveBuffer: count("bytes"),
};

/** The encodings that are asked for, in `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

/** Defaults. */
export const receiveDefaults = {
  callTimeout: 10_000,
  maxResponseSize: 32 * 1024 * 1024,
  maxReceiveBuffer: 256 * 1024 * 1024,
} as const satisfies Required<ReceiveOptions>;
