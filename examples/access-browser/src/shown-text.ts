/**
 * Characters that are not seen, or that turn the order of the letters around them: controls, format characters (Unicode's Cc and Cf, to
 * which the bidi marks belong), separators of lines. Joiners within an emoji are left alone.
 */
const hidden = /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D|(?!\u200D)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A hidden character, as it is shown: `⟨U+202E⟩`. */
export function markOf(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Text that somebody else wrote, such as a name, with its hidden characters visible: for attributes, exports, announcements. */
export function shownText(text: string): string {
  return text.replace(hidden, markOf);
}

/** The same in pieces, the hidden characters each in one of its own. */
export function piecesOf(text: string): { text: string; mark: boolean }[] {
  const pieces: { text: string; mark: boolean }[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(hidden)) {
    if (index > end) pieces.push({ text: text.slice(end, index), mark: false });
    pieces.push({ text: markOf(character), mark: true });
    end = index + character.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), mark: false });
  return pieces;
}
