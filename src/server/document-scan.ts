import { type LimitName, type Limits, limitExceeded, MAX_NAME_LENGTH, MAX_NESTING } from "./limits.ts";

/** What a document's text consists of. */
export interface Scan {
  /** Tokens as graphql-js' lexer makes them, and comments, which it makes tokens of, too. */
  readonly tokens: number;
  /** About as many nodes as the parser makes of them: two of a name, one of another value, of a list and of a selection. */
  readonly nodes: number;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const [QUOTE, BACKSLASH, LINE_FEED, CARRIAGE_RETURN, DIGITS, BOM] = [34, 92, 10, 13, 48, 0xfeff] as const;

/** What begins with a character. */
const BLANK = 1;
const NAME = 2;
const COMMENT = 3;
const STRING = 4;
const SPREAD = 5;
const MARK = 6;
const REQUIRED = 7;
const OPENING = 8;
const CLOSING = 9;
const kinds = new Uint8Array(128);
const begin = (kind: number, characters: string) => {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;
};
begin(BLANK, " \t\n\r,");
begin(NAME, "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
begin(COMMENT, "#");
begin(STRING, '"');
begin(SPREAD, ".");
begin(MARK, "$&:=@|");
begin(REQUIRED, "!");
begin(OPENING, "([{");
begin(CLOSING, ")]}");

/**
 * Counts the tokens of a document, its lines and the nesting of its brackets without making anything of it, before a parser
 * that works by recursion sees it. Stops with a {@link limitExceeded} where there is too much. Text that is no GraphQL ends
 * the scan: the parser comes to the same place, and says what is wrong there.
 */
export function scan(text: string, { tokens: most }: Pick<Limits, "tokens">): Scan {
  // To locate an error, graphql-js goes through all lines before it.
  if (linesOf(text, most) > most) refuse("more than", "lines", "MAX_TOKENS", most);
  let [tokens, nodes, nesting] = [0, 0, 0];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const kind = kindAt(text, at);
    switch (kind) {
      case BLANK:
        at++;
        continue;
      case NAME:
        at = endOfName(text, at);
        if (at - start > MAX_NAME_LENGTH)
          refuse("a name of more than", "characters", "MAX_NAME_LENGTH", MAX_NAME_LENGTH);
        nodes += 2;
        break;
      case COMMENT:
        at = endOfLine(text, at);
        break;
      case STRING:
        at = endOfString(text, at);
        nodes++;
        break;
      case SPREAD:
        if (text.startsWith("...", at)) at += 3;
        nodes++;
        break;
      case MARK:
        at++;
        break;
      case REQUIRED:
        at++;
        nodes++;
        break;
      case CLOSING:
        at++;
        nesting--;
        break;
      case OPENING:
        at++;
        nodes++;
        if (++nesting > MAX_NESTING) refuse("more than", "brackets within each other", "MAX_NESTING", MAX_NESTING);
        break;
      default:
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

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return kinds[code] ?? (code === BOM ? BLANK : 0);
}

/** Lines of a text, counted until there are more than `most`. */
function linesOf(text: string, most: number): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0 && lines <= most; at = text.indexOf("\n", at + 1)) lines++;
  for (let at = text.indexOf("\r"); at >= 0 && lines <= most; at = text.indexOf("\r", at + 1)) {
    if (text.charCodeAt(at + 1) !== LINE_FEED) lines++;
  }
  return lines;
}

function endOfName(text: string, start: number): number {
  let at = start + 1;
  while (kindAt(text, at) === NAME || isDigit(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= DIGITS && code < DIGITS + 10;
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
