import type { JsonBuffer } from "./json-buffer.ts";
import type { Slice } from "./time-slice.ts";

/** A list or an object of which the first so many parts are written. */
interface Opened {
  /** Of an object. */
  readonly names: readonly string[] | undefined;
  readonly parts: readonly unknown[];
  written: number;
}

/** Parts that are written without a look at the time. */
const AT_ONCE = 64;

/**
 * Writes a result as `JSON.stringify` does, in as many turns of the event loop as it takes. Throws what the text throws
 * where it is too long.
 */
export async function writeJson(value: unknown, text: JsonBuffer, slice: Slice): Promise<void> {
  const opened: Opened[] = [];
  const write = (part: unknown) => {
    if (typeof part !== "object" || part === null || "toJSON" in part) {
      text.add(JSON.stringify(part) ?? "null");
      return;
    }
    const names = Array.isArray(part) ? undefined : namesOf(part as Record<string, unknown>);
    const parts = names?.map((name) => (part as Record<string, unknown>)[name]) ?? (part as unknown[]);
    text.add(names ? "{" : "[");
    opened.push({ names, parts, written: 0 });
  };

  write(value);
  for (let steps = 1; ; steps++) {
    const last = opened.at(-1);
    if (!last) return;
    if (steps % AT_ONCE === 0 && slice.over) await slice.turn();
    const { names, parts, written } = last;
    if (written === parts.length) {
      text.add(names ? "}" : "]");
      opened.pop();
      continue;
    }
    last.written++;
    if (written > 0) text.add(",");
    if (names) text.add(`${JSON.stringify(names[written])}:`);
    write(parts[written]);
  }
}

function namesOf(object: Record<string, unknown>): string[] {
  return Object.keys(object).filter((name) => object[name] !== undefined && typeof object[name] !== "function");
}
