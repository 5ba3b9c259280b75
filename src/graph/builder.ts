import SchemaBuilder from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import { DEFAULT_PAGE, MAX_PAGE } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, hasNextPage } from "./cost.ts";
import { plainProperty } from "./plain-property.ts";
import { DateTime, Json } from "./scalars.ts";

/** The builder of the whole schema. It holds no types: the file of each entity adds its own. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Connection: { totalCount: number | null };
  DefaultEdgesNullability: false;
  DefaultNodeNullability: true;
  Scalars: { DateTime: { Input: Date; Output: Date | string }; JSON: { Input: unknown; Output: unknown } };
}>({
  plugins: [RelayPlugin],
  relay: {
    nodesOnConnection: {
      ...plainProperty,
      description: "The items, without cursors.",
    },
    edgesFieldOptions: { ...plainProperty, nullable: false, description: "The items, each with its cursor." },
    nodeFieldOptions: { ...plainProperty, nullable: true, description: "The item of the edge." },
    cursorFieldOptions: { description: "Position of this item, for `after` and `before` of the same list." },
    // Relay would have it non-null. It may cost a call, and one that fails must not take the records with it.
    pageInfoFieldOptions: {
      nullable: true,
      ...costs(hasNextPage, (calls) => `Position of this page in the list. ${calls}`),
    },
    hasNextPageFieldOptions: { description: "Whether items follow this page." },
    hasPreviousPageFieldOptions: { description: "Whether items precede this page." },
    startCursorFieldOptions: { description: "Cursor of the first item; null on an empty page." },
    endCursorFieldOptions: {
      description: "Cursor of the last item, for `after` of the next page; null on an empty page.",
    },
    pageInfoTypeOptions: { description: "Position of a page in its list." },
    nodeTypeOptions: {
      description: "An object with a global ID.",
      resolveType: (node) => (node as { type: string }).type,
    },
    idFieldOptions: { description: "Global ID: opaque, stable, accepted by `node` and `nodes`." },
    firstArgOptions: {
      description:
        `Number of items from the start, or after \`after\`: 0 to ${MAX_PAGE}, for example \`20\`. ${DEFAULT_PAGE} when neither ` +
        "`first` nor `last` is given.",
    },
    lastArgOptions: {
      description:
        `Number of items from the end, or before \`before\`: 0 to ${MAX_PAGE}, for example \`20\`. From the end it may cost one ` +
        "more call, to find the end.",
    },
    afterArgOptions: {
      description:
        'Items after this cursor, the `endCursor` of the previous page: `"U1VZaFZ1ODk6MTU6…"`. It must come from the same list with ' +
        "the same filters and order. If the list has changed, finding its item costs at most one more call.",
    },
    beforeArgOptions: {
      description:
        'Items before this cursor, the `startCursor` of the next page: `"U1VZaFZ1ODk6MTU6…"`. It must come from the same list with ' +
        "the same filters and order. If the list has changed, finding its item costs at most one more call.",
    },
    // Our own, in node.ts: one ID that fails must not fail the others.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
});

builder.objectField(builder.pageInfoRef(), "shifted", (t) =>
  t.boolean({
    ...plainProperty,
    nullable: false,
    description:
      "Whether items may be missing or repeated, because the list changed while it was read, or because the cursor's item was not " +
      "found any more. If true, read the list from its start. Some changes go unnoticed: as many items added as deleted, or items " +
      "that changed places, when the item next to this page was not read.",
    resolve: (info) => (info as { shifted?: boolean }).shifted ?? false,
  }),
);

builder.addScalarType("DateTime", DateTime);
builder.addScalarType("JSON", Json);
builder.queryType({
  description: "Reads. Start from an account, or read any object by its global ID with `node` and `nodes`.",
});

builder.globalConnectionField("totalCount", (t) =>
  t.exposeInt("totalCount", {
    nullable: true,
    description:
      "Number of items in the whole list. Costs nothing more. Null if Cloudflare gives no total, or one that ignores the filter, " +
      "and this page does not reach the end.",
  }),
);
