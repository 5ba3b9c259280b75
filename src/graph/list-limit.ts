import { badInput } from "./error.ts";

/** IDs of anything: members, zones, objects to read again. As many as a connection has records at most. */
export const MAX_IDS = 1000;
/** Policies of one group: each is a permission statement of its own that people still have to oversee. */
export const MAX_POLICIES = 100;
/** Permission groups, or resource groups, of one policy; Cloudflare's catalogue has some hundreds. */
export const MAX_GROUPS = 200;

/** Options of an argument or of an input's field that is a list: its maximum is checked, and told in its description. */
export function atMost(maxItems: number, description: string) {
  return { description: `${description} At most ${maxItems}.`, extensions: { maxItems } };
}

/** A list that an argument gives, if it is not too long. Throws `badInput`. */
export function atMostIds<T>(argument: string, given: readonly T[], what = "IDs"): readonly T[] {
  if (given.length > MAX_IDS) throw badInput(argument, `must be at most ${MAX_IDS} ${what}, not ${given.length}`);
  return given;
}
