import { flag } from "./values.ts";

/** Settings of GraphiQL, and of the schema that it reads. */
export const graphiqlSettings = {
  GRAPHIQL: flag()
    .prefault("false")
    .describe(
      "GraphiQL for browsers at `/graphql`; it needs `INTROSPECTION`. Without it they get a page that says how to ask.",
    ),
  INTROSPECTION: flag()
    .prefault("true")
    .describe("Let operations ask for the schema, as GraphiQL does. `false` by default with `NODE_ENV=production`."),
};

/** Why GraphiQL would be of no use, as a sentence. */
export function graphiqlProblems(settings: { GRAPHIQL: boolean; INTROSPECTION: boolean }): string[] {
  if (!settings.GRAPHIQL || settings.INTROSPECTION) return [];
  return ["GRAPHIQL=true needs INTROSPECTION=true: its page begins with the schema."];
}
