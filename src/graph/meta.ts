import { builder } from "./builder.ts";

const MetaEntryRef = builder.objectRef<[string, string]>("MetaEntry");
MetaEntryRef.implement({
  description: "One free attribute that Cloudflare keeps on a permission or resource group.",
  fields: (t) => ({
    key: t.string({
      nullable: false,
      description: "Name of the attribute, such as `label`, `scopes` or `editable`.",
      resolve: ([key]) => key,
    }),
    value: t.string({
      nullable: false,
      description: 'Its value, always a string: `"false"`, not `false`.',
      resolve: ([, value]) => value,
    }),
  }),
});

export { MetaEntryRef };
