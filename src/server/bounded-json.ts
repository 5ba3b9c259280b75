import { HttpError } from "./http-error.ts";

/** So deep may lists and objects be nested in what a caller sends as JSON. Our deepest input has 8 levels. */
const deepest = 64;

/**
 * Parses JSON that a caller sent; `what` is its name in the refusal. Its nesting is checked first: later steps walk
 * through it by recursion, and V8 itself takes 0.4 s for a megabyte of brackets.
 */
export function parseJson(text: string, what: string): unknown {
  if (isDeeper(text, deepest)) {
    const limit = { name: "MAX_JSON_DEPTH", allowed: deepest, found: deepest + 1 };
    const message = `${what} must be JSON in which lists and objects are nested ${deepest} deep at most.`;
    throw new HttpError(400, message, { code: "LIMIT_EXCEEDED", limit });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, `${what} must be JSON, and is not.`);
  }
}

const [quote, backslash] = [0x22, 0x5c];

/** Whether brackets are nested deeper than that, outside of strings. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfString(text, i);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Where the string that begins here ends. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash) i++;
    else if (code === quote) return i;
  }
  return text.length;
}
