import type { CloudflareError } from "../cloudflare/error.ts";
import type { Loaders } from "../loaders/loaders.ts";
import type { Slice } from "./in-turns.ts";
import type { KeyedLock } from "./mutations/keyed-lock.ts";

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
  /** Ids of the accounts that the caller has a right to; `"*"` for all that the credential sees. */
  accounts: readonly string[] | "*";
  /** The caller's own e-mail address; `null` where nothing tells it, `undefined` where Cloudflare has to be asked. */
  email: string | null | undefined;
  /** When the oldest read of the operation so far was sent, in milliseconds since the epoch; `Infinity` where nothing was read. */
  oldestRead(): number;
  /** Counts the objects of the answer: another one each time that the executor starts over. */
  objects: object;
  /** Tells when long work has to let others have their turn: see `inTurns`. */
  slice: Slice;
}
