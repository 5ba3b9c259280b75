import type { Body, Endpoint, Params, Result } from "../../cloudflare/endpoint.ts";
import { CloudflareError, isNotFound } from "../../cloudflare/error.ts";
import type { Message } from "../../cloudflare/result.ts";
import type { Context } from "../context.ts";
import type { Node } from "../node.ts";
import { conflict } from "./input.ts";
import type { Progress } from "./mutation.ts";

/** Calls that read back after a write whose answer differs from what was sent. */
export const MOST_READ_BACKS = 2;

/** The ends of the sentences that tell it. */
export const unlessAsSent = "; up to 2 more if Cloudflare's answer differs from what was sent.";
export const unlessSaidDone = "; 1 more if Cloudflare's answer does not confirm it.";

/** Result of a write. */
export interface Sent<Item> {
  /** Cloudflare's answer; `undefined` if it cannot be read. */
  result: Item | undefined;
  messages: Message[];
  /** Reason why it cannot be read. If its `done` is false, the write is not confirmed. */
  failure?: CloudflareError;
}

/** Sends a write, once. A 2xx that is not an answer of Cloudflare's leaves the outcome open: the caller reads back. */
export async function send<E extends Endpoint>(
  { loaders }: Context,
  progress: Progress,
  endpoint: E,
  params: Params<E>,
  body?: Body<E>,
): Promise<Sent<Result<E>>> {
  try {
    const { result, messages } = await loaders.send(endpoint, params, body, progress.mutation);
    progress.written();
    return { result, messages };
  } catch (failure) {
    const answered =
      failure instanceof CloudflareError && failure.kind === "invalid_response" ? (failure.status ?? 0) : 0;
    if (answered < 200 || answered > 299) throw failure;
    const { done } = failure as CloudflareError;
    if (done) progress.written();
    return { result: undefined, messages: [], failure: failure as CloudflareError };
  }
}

/** How it is found out what is there after a write. */
export interface ReadBack<Item> {
  /** Whether a record holds what was sent. */
  isAsSent: (record: Item) => boolean;
  /** The record as it is now; `undefined` where it cannot be told which one it is. */
  read: () => Promise<Item | undefined>;
  /** Read even if the answer holds what was sent. */
  always?: boolean;
  /** The body that was sent, and the node of the current object. */
  sent: unknown;
  node: (record: Item) => Node;
  /** Message if they differ. */
  otherwise: string;
}

/**
 * The object after a write: from Cloudflare's answer if that holds all that was sent, else read. What cannot be
 * confirmed, of a write that Cloudflare did not say was done, stays unknown.
 */
export async function readBack<Item>(
  { result, failure }: Sent<Item>,
  progress: Progress,
  { isAsSent, read, always = false, sent, node, otherwise }: ReadBack<Item>,
): Promise<Item> {
  let record = result;
  for (let reads = 0; reads < MOST_READ_BACKS; reads++) {
    if (record !== undefined && isAsSent(record) && (reads > 0 || !always)) break;
    record = await orElse(failure, read);
  }
  if (record !== undefined && isAsSent(record)) {
    progress.written();
    return record;
  }
  if (failure && (!failure.done || record === undefined)) throw failure;
  throw conflict(otherwise, { written: true, sent, ...(record !== undefined && { current: node(record) }) });
}

/** Makes sure that something is gone: where Cloudflare's answer does not say so, “there is none” to a read does. */
export async function confirmGone(
  { failure }: Sent<unknown>,
  progress: Progress,
  read: () => Promise<unknown>,
): Promise<void> {
  if (!failure || failure.done) return;
  const there = await orElse(failure, async () => {
    try {
      await read();
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  });
  if (there) throw failure;
  progress.written();
}

/** Reads; if that fails, too, after a write that is not known to be done, the write's own failure is what matters. */
export async function orElse<T>(failure: CloudflareError | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw failure && !failure.done ? failure : error;
  }
}
