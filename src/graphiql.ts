/** `cloudflare-iam-graphql/graphiql`: GraphiQL for the option of that name. */
export { exampleOperations } from "./server/graphiql/example-operations.ts";
export {
  type CredentialField,
  type Example,
  type ExampleGroup,
  type GraphiQL,
  type GraphiQLOptions,
  graphiql,
  type ResettableSandbox,
} from "./server/graphiql.ts";
