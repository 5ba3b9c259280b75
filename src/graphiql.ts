/** `cloudflare-iam-graphql/graphiql`: GraphiQL for the option of that name. */
export { exampleOperations } from "./server/graphiql/example-operations.ts";
export { type GraphiQL, type GraphiQLOptions, graphiql, type Tab } from "./server/graphiql.ts";
