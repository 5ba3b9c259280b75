/**
 * Bytes that a parsed value takes in the heap (V8 of Node 24), about; on the way nothing in it can be changed any more. What
 * it shares with others (names of properties, short texts) is not counted. A test holds it against the heap.
 */
export function freezeAndMeasure(value: unknown): number {
  if (typeof value === "string") return textSize(value);
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 16;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) {
    let size = 32 + 8 * value.length;
    for (let i = 0; i < value.length; i++) size += freezeAndMeasure(value[i]);
    Object.freeze(value);
    return size;
  }
  let size = 32;
  for (const name in value) size += 8 + freezeAndMeasure((value as Record<string, unknown>)[name]);
  Object.freeze(value);
  return size;
}

const beyondLatin1 = /[\u0100-\uffff]/;

/** One byte for each character, or two where one of them needs them. */
function textSize(text: string): number {
  return 24 + (beyondLatin1.test(text) ? 2 : 1) * text.length;
}
