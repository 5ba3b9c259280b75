/** What the answer of one operation may be. */
export interface AnswerLimits {
  /** Objects that may be made; `Infinity` for any number. */
  objects: number;
  /** Characters of its text; `Infinity` for any number. */
  characters: number;
}

/** What executions ask of an operation's context. */
export interface Paced {
  /** Objects that its answer has so far. */
  objects: ObjectCount;
  /**
   * Called where a list is interrupted whose further items may ask for reads, too. Those that were asked for are sent once
   * the function that it gives was called: reads of one kind go together or not at all.
   */
  holdReads?(): () => void;
}

/** Thrown where an answer would have more objects than it may. */
export class TooManyObjects extends Error {}

/**
 * Errors that the answer of a query may have. One costs more than a hundred values do, and a list whose items all fail has a
 * hundred thousand of them under a hundred aliases.
 */
export const MAX_ERRORS = 1000;

/** Where an answer would have more errors than {@link MAX_ERRORS}. */
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
