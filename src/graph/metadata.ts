import { builder } from "./builder.ts";
import { inOrder } from "./order.ts";

/** One free attribute of a permission or resource group. */
export interface MetadataEntry {
  key: string;
  value: string;
}

/** The attributes of a group as entries, by their names. */
export function metadataEntries(meta: Record<string, string> | null | undefined): MetadataEntry[] {
  const entries: MetadataEntry[] = [];
  let sorted = true;
  let before = "";
  for (const key in meta) {
    sorted &&= before <= key;
    before = key;
    entries.push({ key, value: meta[key] as string });
  }
  // Mostly they are in order: thousands of groups stand in one answer.
  return sorted ? entries : inOrder(entries, (entry) => entry.key);
}

/** A free attribute. */
export const MetadataEntryRef = builder.objectRef<MetadataEntry>("MetadataEntry");
MetadataEntryRef.implement({
  description: "A metadata attribute of a permission or resource group.",
  fields: (t) => ({
    key: t.exposeString("key", {
      nullable: false,
      description: "Name of the attribute, such as `label`, `scopes` or `editable`.",
    }),
    value: t.exposeString("value", {
      nullable: false,
      description: 'Its value, always a string: `"false"`, not `false`.',
    }),
  }),
});
