import { builder } from "./builder.ts";

/**
 * An enum of Cloudflare's words in upper case: `{ accepted: "Has joined." }` becomes `ACCEPTED`. Behind it stands a
 * plain string, so that a word Cloudflare invents tomorrow fails the field that shows it and nothing else.
 */
export function wordEnum(name: string, description: string, words: Record<string, string>) {
  const values = Object.entries(words).map(([word, meaning]) => [
    word.toUpperCase().replace(/^USER\./, ""),
    { value: word, description: meaning },
  ]);
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as Record<string, { value: string; description: string }>,
  });
}

/** Order of a list that Cloudflare can sort both ways. */
export const DirectionEnum = builder.enumType("Direction", {
  description: "Order of a list.",
  values: {
    ASC: { value: "asc", description: "A to Z." },
    DESC: { value: "desc", description: "Z to A." },
  } as const,
});
