import { badInput } from "./error.ts";

/** Arguments that may be left out, as a resolver gets them. */
export type Given<Args> = { [Name in keyof Args]?: Args[Name] | null | undefined };

/** Checks a raw ID given as an argument: 32 letters and digits, as Cloudflare publishes them. */
export function rawId(id: string, argument: string): string {
  if (isRawId(id)) return id;
  throw badInput(argument, `must be a Cloudflare ID of 32 letters and digits, not ${JSON.stringify(id.slice(0, 80))}`);
}

/** Whether a text has the form of Cloudflare's own IDs. */
export function isRawId(id: string): boolean {
  return /^[0-9A-Za-z]{32}$/.test(id);
}

/** The argument `id`, checked. */
export function idOf({ id }: { id: string }): string {
  return rawId(id, "id");
}

/** Characters of a filter: it goes into a URL. */
const MAX_FILTER = 255;

/** A filter given as an argument. Empty, it would ask Cloudflare for everything instead of nothing. */
export function filter(value: string | null | undefined, argument: string): string | undefined {
  if (value === "") throw badInput(argument, "must not be empty; leave it out to see everything");
  if (value && value.length > MAX_FILTER) {
    throw badInput(argument, `must be at most ${MAX_FILTER} characters, not ${value.length}`);
  }
  return value ?? undefined;
}
