import SchemaBuilder from "@pothos/core";
import RelayPlugin from "@pothos/plugin-relay";
import type { Context } from "./context.ts";
import { costs, hasNextPage } from "./cost.ts";
import { plainProperty } from "./plain-property.ts";
import { DateTime, Json } from "./scalars.ts";

/** The builder of the whole schema. It holds no types: each noun's file adds its own. */
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
      description: "The rows themselves, for whoever needs no cursor per row.",
    },
    edgesFieldOptions: { ...plainProperty, nullable: false, description: "The rows, each with its cursor." },
    nodeFieldOptions: { ...plainProperty, nullable: true, description: "The row itself." },
    cursorFieldOptions: { description: "Where this row stands, for `after` and `before` of the same list." },
    // Relay would have it non-null. It may cost a call, and one that fails must not take the rows with it.
    pageInfoFieldOptions: { nullable: true, ...costs(hasNextPage, (calls) => `Where this page stands. ${calls}`) },
    hasNextPageFieldOptions: { description: "Whether rows follow this page." },
    hasPreviousPageFieldOptions: { description: "Whether rows precede this page." },
    startCursorFieldOptions: { description: "Cursor of the first row; null on an empty page." },
    endCursorFieldOptions: {
      description: "Cursor of the last row, for `after` of the next page; null on an empty page.",
    },
    pageInfoTypeOptions: { description: "Where a page stands in its list." },
    nodeTypeOptions: {
      description: "Anything that can be read again by its `id`.",
      resolveType: (node) => (node as { type: string }).type,
    },
    idFieldOptions: { description: "Global id: opaque, stable, accepted by `node` and `nodes`." },
    firstArgOptions: {
      description:
        "How many rows, `20` say, from the start or from `after`: 0 to 1000, 50 when neither `first` nor `last` is given.",
    },
    lastArgOptions: {
      description:
        "How many rows, `20` say, from the end or before `before`: 0 to 1000. From the end it may cost one more call, to learn where the end is.",
    },
    afterArgOptions: {
      description:
        'Only rows behind this cursor, the `endCursor` of the page before: `"U1VZaFZ1ODk6MTU6…"`. One of the same list, filters and order; ' +
        "after rows were added or deleted its row is looked for, with one call more at most.",
    },
    beforeArgOptions: {
      description:
        'Only rows ahead of this cursor, the `startCursor` of the page after: `"U1VZaFZ1ODk6MTU6…"`. One of the same list, filters and order; ' +
        "after rows were added or deleted its row is looked for, with one call more at most.",
    },
    // Our own, in node.ts: one id that fails must not fail the others.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
});

builder.objectField(builder.pageInfoRef(), "shifted", (t) =>
  t.boolean({
    ...plainProperty,
    nullable: false,
    description:
      "Whether the list is known to have changed so that rows may be missing or repeated: while it was read, or since the " +
      "cursor was given and its row was not found any more. Read the list from its start then. It cannot be known where as " +
      "many rows were added as deleted, or rows changed places, and the row beside this page was not read.",
    resolve: (info) => (info as { shifted?: boolean }).shifted ?? false,
  }),
);

builder.addScalarType("DateTime", DateTime);
builder.addScalarType("JSON", Json);
builder.queryType({
  description: "Reads. Everything is reached from an account; `node` and `nodes` read an object again.",
});

builder.globalConnectionField("totalCount", (t) =>
  t.exposeInt("totalCount", {
    nullable: true,
    description:
      "Rows in the whole list, whatever the page. Costs nothing more. Null where Cloudflare gives no total (or one that " +
      "counts without the filter) and this page does not reach the end.",
  }),
);
