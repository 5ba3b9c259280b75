import type { Loaders } from "../loaders/loaders.ts";
import type { Slice } from "./in-turns.ts";
import type { KeyedLock } from "./mutations/keyed-lock.ts";

/** Context of every resolver. */
export interface Context {
  /** The calls of this request, made with this caller's credential. */
  loaders: Loaders;
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
}
