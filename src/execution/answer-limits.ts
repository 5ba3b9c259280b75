/** Limits on the answer of one operation. */
export interface AnswerLimits {
  /** Objects; `Infinity` for no limit. */
  objects: number;
  /** Characters of its text; `Infinity` for no limit. */
  characters: number;
}

/** Properties of an operation's context that its execution needs. */
export interface Paced {
  /** Objects that its answer has so far. */
  objects: ObjectCount;
  /**
   * Called when a list is interrupted whose remaining items may request reads, too. Requested reads are held back until the
   * returned function is called, so that all reads of the list form one batch.
   */
  holdReads?(): () => void;
}

/** Thrown when an answer would have more objects than its limit. */
export class TooManyObjects extends Error {}

/**
 * Maximum of errors in the answer of a query. An error costs more than a hundred values, and under a hundred aliases a list whose
 * items all fail has a hundred thousand.
 */
export const MAX_ERRORS = 1000;

/** Thrown when an answer would have more errors than {@link MAX_ERRORS}. */
export class TooManyErrors extends Error {}

/** Counts the objects of one answer, those of a list before the first of them is made. */
export class ObjectCount {
  /** So far. */
  made = 0;
  /** How many there may be. */
  readonly most: number;
  /** How many there would have been when more than that were asked for first. */
  needed: number | undefined;
  /** How often more were refused. */
  refused = 0;
  /** Fields and items that have failed. */
  failed = 0;

  constructor(most: number = Number.POSITIVE_INFINITY) {
    this.most = most;
  }

  /** Counts so many more; throws {@link TooManyObjects} where they are too many. */
  add(objects: number): void {
    const all = this.made + objects;
    if (all > this.most) {
      this.needed ??= all;
      throw new TooManyObjects();
    }
    this.made = all;
  }
}
