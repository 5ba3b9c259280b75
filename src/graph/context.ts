import type { CloudflareError } from "../cloudflare/error.ts";
import type { Loaders } from "../loaders/loaders.ts";
import type { Slice } from "./in-turns.ts";
import type { KeyedLock } from "./mutations/keyed-lock.ts";

/** Why a subscription ends that has not seen what it waits for. */
export type SubscriptionEnd = "CREDENTIAL_REJECTED" | "CREDENTIAL_EXPIRED" | "TIMEOUT" | "SHUTDOWN";

/** A thing of an account that is read again and again. */
export interface Watched<T> {
  accountId: string;
  /** Names it among all things of all accounts. */
  id: string;
  /** Reads it once. */
  read: (context: Context) => Promise<T>;
}

/** What is known of it. */
export interface WatchedState<T> {
  value: T;
  readAt: Date;
  /** There only in the last state, if the subscription ends for a reason of its own. */
  ended: SubscriptionEnd | undefined;
}

/**
 * Reads a thing until `eventOf` calls an event the last one, or the subscription ends. Rejects where the first read fails.
 * `undefined` in place of an event tells nothing. Fields of an event have a context of their own.
 */
export type Watch = <T, E extends object>(
  thing: Watched<T>,
  eventOf: (state: WatchedState<T>) => { event: E; last: boolean } | undefined,
) => Promise<AsyncIterable<E>>;

/** Context of every resolver. */
export interface Context {
  /** The calls of this request, made with this caller's credential. */
  loaders: Loaders;
  /**
   * The same, and nothing of it is remembered from before the request, or by another: everything is read now, once. They write
   * nothing.
   */
  fresh: () => Loaders;
  /** Why so many calls do not fit what the operation may still make, or the quota; `undefined` where they do. */
  refusalOf: (calls: number) => Promise<CloudflareError | undefined>;
  /** Whether the gateway is shutting down: what consists of several writes stops before its next one. */
  stopping: () => boolean;
  /** Writes of the whole process to one thing, in turn. */
  lock: KeyedLock;
  /** IDs of the accounts that the caller has a right to; `"*"` for all that the credential sees. */
  accounts: readonly string[] | "*";
  /** The caller's own e-mail address; `null` where nothing tells it, `undefined` where Cloudflare has to be asked. */
  email: string | null | undefined;
  /** When the oldest read of the operation so far was sent, in milliseconds since the epoch; `Infinity` where nothing was read. */
  oldestRead(): number;
  /** Counts the objects of the answer: another one each time that the executor starts over. */
  objects: object;
  /** Tells when long work has to let others have their turn: see `inTurns`. */
  slice: Slice;
  /** Follows a thing; there only in a subscription. */
  watch?: Watch;
}
