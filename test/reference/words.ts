import { failure } from "./rest.ts";

/**
 * What stands in the reference answer where the graph has a word of its own, a cursor or a revision: what the word has to
 * mean. Equal meanings must be equal words, and different ones different words.
 */
export function meaning(...parts: unknown[]): string {
  return MARK + JSON.stringify(parts);
}

const MARK = "means ";

/** A total that the graph may leave out, as a number that no total can be. */
export function orNull(total: number): number {
  return -1 - total;
}

/** The words that the graph has used so far in one world, and what each of them means. */
export class Words {
  readonly #meanings = new Map<string, string>();
  readonly #words = new Map<string, string>();

  /** What a word means that the graph gave away; fails as the graph has to where it never gave it away. */
  read(word: string): string {
    const known = this.#meanings.get(word);
    if (known === undefined) throw failure("BAD_USER_INPUT");
    return known;
  }

  #learn(word: unknown, meant: string): boolean {
    if (typeof word !== "string") return false;
    const before = this.#meanings.get(word) ?? meant;
    const other = this.#words.get(meant) ?? word;
    this.#meanings.set(word, before);
    this.#words.set(meant, other);
    return before === meant && other === word;
  }

  /** The first place where the graph's answer is not the reference one: `"account.name: 1 is not 2"`; nothing where it is. */
  difference(expected: unknown, actual: unknown, place = "data"): string | undefined {
    const wrong = `${place}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`;
    if (typeof expected === "string" && expected.startsWith(MARK)) {
      return this.#learn(actual, expected) ? undefined : wrong;
    }
    if (typeof expected === "number" && expected < 0) {
      return actual === null || actual === -1 - expected ? undefined : wrong;
    }
    if (typeof expected !== "object" || expected === null) return expected === actual ? undefined : wrong;
    if (typeof actual !== "object" || actual === null || Array.isArray(expected) !== Array.isArray(actual))
      return wrong;
    // Compiled queries put a field where a fragment names it first, also one that is skipped.
    const [keys, others] = [Object.keys(expected).sort(), Object.keys(actual).sort()];
    if (keys.join() !== others.join()) return `${place}: has ${others.join()} and not ${keys.join()}`;
    for (const key of keys) {
      const found = this.difference(
        (expected as Record<string, unknown>)[key],
        (actual as Record<string, unknown>)[key],
        `${place}.${key}`,
      );
      if (found) return found;
    }
    return undefined;
  }
}
