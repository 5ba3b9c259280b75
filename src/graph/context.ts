import type { Loaders } from "../loaders.ts";
import type { Sequence } from "./sequence.ts";

/** What every resolver gets. */
export interface Context {
  /** The calls of this request, made with this caller's credential. */
  loaders: Loaders;
  /** Writes of the whole process to one thing, in turn. */
  sequence: Sequence;
}
