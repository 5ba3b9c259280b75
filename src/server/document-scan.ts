import { type LimitName, type Limits, limitExceeded, MAX_NAME_LENGTH, MAX_NESTING } from "./limits.ts";

/** What a document's text consists of. */
export interface Scan {
  /** Tokens as graphql-js' lexer makes them, and comments, which it makes tokens of, too. */
  readonly tokens: number;
  /** About as many nodes as the parser makes of them: two of a name, one of another value, of a list and of a selection. */
  readonly nodes: number;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Counts the tokens of a document and the nesting of its brackets without making anything of it, before a parser that
 * works by recursion sees it. Stops with a {@link limitExceeded} where there is too much. Text that is no GraphQL ends the
 * scan: the parser comes to the same place, and says what is wrong there.
 */
export function scan(text: string, { tokens: most }: Pick<Limits, "tokens">): Scan {
  let [tokens, nodes, nesting] = [0, 0, 0];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const code = text.charCodeAt(at);
    if (BLANKS.has(code)) {
      at++;
      continue;
    }
    if (isNameStart(code)) {
      at = endOfName(text, at);
      if (at - start > MAX_NAME_LENGTH) refuse("a name of more than", "characters", "MAX_NAME_LENGTH", MAX_NAME_LENGTH);
      nodes += 2;
    } else if (code === HASH) {
      at = endOfLine(text, at);
    } else if (code === QUOTE) {
      at = endOfString(text, at);
      nodes++;
    } else if (code === DOT) {
      at = text.startsWith("...", at) ? at + 3 : start;
      nodes++;
    } else if (PUNCTUATORS.has(code)) {
      at++;
      if (MAKING.has(code)) nodes++;
      if (OPENING.has(code)) nesting++;
      else if (CLOSING.has(code)) nesting--;
      if (nesting > MAX_NESTING) refuse("more than", "brackets within each other", "MAX_NESTING", MAX_NESTING);
    } else {
      NUMBER.lastIndex = at;
      if (NUMBER.test(text)) at = NUMBER.lastIndex;
      nodes++;
    }
    if (at === start) break;
    if (++tokens > most) refuse("more than", "tokens", "MAX_TOKENS", most);
  }
  return { tokens, nodes };
}

function refuse(before: string, after: string, name: LimitName, allowed: number): never {
  throw limitExceeded(`The document has ${before} ${allowed} ${after}`, name, allowed, allowed + 1);
}

const codesOf = (characters: string) => Array.from(characters, (character) => character.charCodeAt(0));
const HASH = 35;
const QUOTE = 34;
const DOT = 46;
const BACKSLASH = 92;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const PUNCTUATORS = new Set(codesOf("!$&():=@[]{|}"));
/** Those that begin or end something that is a node. */
const MAKING = new Set(codesOf("{[!"));
const OPENING = new Set(codesOf("([{"));
const CLOSING = new Set(codesOf(")]}"));
const BLANKS = new Set(codesOf(" \t\n\r,\uFEFF"));

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function endOfName(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); isNameStart(code) || (code >= 48 && code <= 57); code = text.charCodeAt(at))
    at++;
  return at;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
  }
  return at;
}

/** The position behind a string, or its start where it has no end. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) return endOfBlockString(text, start);
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
    if (code === BACKSLASH) at++;
  }
  return start;
}

function endOfBlockString(text: string, start: number): number {
  let end = text.indexOf('"""', start + 3);
  // `\"""` stands for the quotes themselves.
  while (end > start + 3 && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf('"""', end + 3);
  return end < 0 ? start : end + 3;
}
