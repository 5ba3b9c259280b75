import { readdirSync, readFileSync } from "node:fs";
import {
  buildClientSchema,
  getIntrospectionQuery,
  type IntrospectionOptions,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { afterAll, beforeAll, describe } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { expect, test } from "../gateway.ts";
import { type Listening, listening } from "./listening.ts";

let here = {} as Listening;
beforeAll(async () => {
  here = await listening();
});
afterAll(() => here.close());

const flags = [
  "descriptions",
  "specifiedByUrl",
  "directiveIsRepeatable",
  "schemaDescription",
  "inputValueDeprecation",
  "oneOf",
] as const;
const all = Object.fromEntries(flags.map((flag) => [flag, true])) as IntrospectionOptions;

/** What tools ask of a schema, within the default limits. */
const questions: [who: string, query: string][] = [
  ["graphql-js, graphql-codegen and Apollo's code generator", getIntrospectionQuery()],
  ["GraphiQL", getIntrospectionQuery({ schemaDescription: true })],
  ["all that graphql-js can ask", getIntrospectionQuery(all)],
  ...flags.map((flag): [string, string] => [`all but ${flag}`, getIntrospectionQuery({ ...all, [flag]: false })]),
];

describe("tools learn the schema within the default limits", () => {
  test.each(questions)("%s", async (_, query) => {
    const { status, data, error } = await here.ask({ query, operationName: "IntrospectionQuery" });
    expect(error).toBeUndefined();
    expect(status).toBe(200);
    const learned = printSchema(lexicographicSortSchema(buildClientSchema(data as never)));
    expect(learned.match(/^(type|input|enum|union|interface) \w+/gm)).toEqual(
      printSchema(lexicographicSortSchema(schema)).match(/^(type|input|enum|union|interface) \w+/gm),
    );
  });

  test("Rover, whose query goes deeper into types than graphql-js'", async () => {
    const typeRef = (levels: number): string =>
      levels === 0 ? "kind name" : `kind name ofType { ${typeRef(levels - 1)} }`;
    const query = `query GraphIntrospectQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
      types { ...FullType } directives { name description locations args { ...InputValue } } } }
      fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
      fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
      fragment TypeRef on __Type { ${typeRef(9)} }`;
    const { error, data } = await here.ask({ query });
    expect(error).toBeUndefined();
    expect(data).toHaveProperty("__schema.types");
  });
});

/** As Relay's and Apollo's compilers write them: every fragment once, `id` and `__typename` everywhere, names of modules. */
const compiled: [who: string, query: string, variables: object][] = [
  [
    "Relay's pagination of a connection",
    `query UserGroupsPagePaginationQuery($count: Int = 10, $cursor: String, $id: ID!) { node(id: $id) { __typename ...UserGroupsPage_account_1G22uz id } }
     fragment UserGroupsPage_account_1G22uz on Account { userGroups(first: $count, after: $cursor) { edges { node { ...UserGroupRow_group id __typename } cursor }
       pageInfo { endCursor hasNextPage } } id }
     fragment UserGroupRow_group on UserGroup { name policies { ...PolicyChip_policy id } }
     fragment PolicyChip_policy on Policy { access owner { __typename ... on Node { __isNode: __typename id } } }`,
    { id: btoa("Account:023e105f4ecef8ad9ca31a8372d0c353").replaceAll("=", "") },
  ],
];

test.each(compiled)("%s runs within the default limits", async (_, query, variables) => {
  expect((await here.ask({ query, variables })).error).toBeUndefined();
});

test.each(readdirSync("schema/operations"))("%s is within the default limits", async (file) => {
  const query = readFileSync(`schema/operations/${file}`, "utf8");
  const { error } = await here.ask({ query, variables: {} });
  expect(error?.code).not.toBe("LIMIT_EXCEEDED");
});
