import { builder } from "./builder.ts";
import { inOrder } from "./order.ts";

/** One free attribute of a permission or resource group. */
export interface MetaEntry {
  key: string;
  value: string;
}

/** The attributes of a group as entries, by their names. */
export function metaEntries(meta: Record<string, string> | null | undefined): MetaEntry[] {
  const entries: MetaEntry[] = [];
  for (const key in meta) entries.push({ key, value: meta[key] as string });
  return inOrder(entries, ({ key }) => key);
}

/** A free attribute. */
export const MetaEntryRef = builder.objectRef<MetaEntry>("MetaEntry");
MetaEntryRef.implement({
  description: "One free attribute that Cloudflare keeps on a permission or resource group.",
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
