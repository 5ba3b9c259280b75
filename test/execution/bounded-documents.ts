import { type GraphQLSchema, parse } from "graphql";
import { schema } from "../../src/graph/schema.ts";
import { answerSizeOf, MAX_PAGE } from "../../src/plan/plan.ts";
import type { Supply } from "./documents/supply.ts";
import { documents } from "./documents.ts";

/** Objects that an answer is planned at, at most: a naive reference takes minutes for millions, and the gateway refuses those. */
const MOST_OBJECTS = 300_000;

/** Random documents of a schema whose answers can be looked at in time. */
export function boundedDocuments(of: GraphQLSchema, supply: Supply) {
  return documents(of, supply).filter(({ query, variables }) => {
    const size = answerSizeOf(schema, parse(query), undefined, variables);
    return (size?.objects(MAX_PAGE) ?? 0) <= MOST_OBJECTS;
  });
}
