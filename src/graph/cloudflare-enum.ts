import { builder } from "./builder.ts";
import { invalidUpstreamValue } from "./error.ts";

/**
 * An enum of Cloudflare's words in upper case: `{ accepted: "Has joined." }` becomes `ACCEPTED`. `read` passes a word that
 * Cloudflare sent; one that it invents tomorrow fails the field that shows it and nothing else.
 */
export function cloudflareEnum(name: string, description: string, words: Record<string, string>) {
  const values = Object.entries(words).map(([word, meaning]) => [
    word.toUpperCase(),
    { value: word, description: meaning },
  ]);
  const type = builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as Record<string, { value: string; description: string }>,
  });
  const read = (word: string | null | undefined) => {
    if (word == null || Object.hasOwn(words, word)) return word;
    throw invalidUpstreamValue(
      `${JSON.stringify(word)} is none of the words of ${name}: ${Object.keys(words).join(", ")}`,
    );
  };
  return { type, read, knows: (word: string) => word in words };
}

/** A date that Cloudflare sent, to the millisecond; one that cannot be read fails its field and nothing else. */
export function readDate(text: string | null | undefined): Date | null {
  if (text == null) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw invalidUpstreamValue(`${JSON.stringify(text)} is no date`);
  return date;
}

/** Order of a list that Cloudflare can sort both ways. */
export const SortDirectionEnum = builder.enumType("SortDirection", {
  description: "Order of a list.",
  values: {
    ASC: { value: "asc", description: "From A to Z." },
    DESC: { value: "desc", description: "From Z to A." },
  } as const,
});
