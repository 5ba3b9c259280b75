import type { PermissionInput, ResourceInput } from "./__generated__/graphql";

/** A permission group of the catalogue. */
interface Known {
  cloudflareId: string;
  name: string | null;
  label: string | null;
}

const id = /^[0-9a-f]{32}$/;

/** What the first box says: a label, a name or an ID. One that is in the catalogue is asked for by its ID, which costs no call. */
export function permissionOf(text: string, catalogue: readonly Known[]): PermissionInput {
  const known = catalogue.find(({ label }) => label === text) ?? only(catalogue.filter(({ name }) => name === text));
  if (known) return { id: known.cloudflareId };
  return id.test(text) ? { id: text } : { name: text };
}

/** What the second box says: the name or the ID of a zone, Cloudflare's key of any resource, or nothing for the whole account. */
export function resourceOf(text: string): ResourceInput {
  if (text === "" || text === wholeAccount) return { account: true };
  if (id.test(text)) return { zoneId: text };
  return text.startsWith("com.") ? { key: text } : { zoneName: text };
}

/** The second box's words for all that is in the account. */
export const wholeAccount = "the whole account";

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
