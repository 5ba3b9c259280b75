import { getIntrospectionQuery } from "graphql";
import { describe } from "vitest";
import { account, expect, setup, test } from "../gateway.ts";

const withoutIntrospection = () => setup({}, undefined, { introspection: false });
const withoutSuggestions = () => setup({}, undefined, { suggestions: false });

describe("without introspection", () => {
  test.each([
    getIntrospectionQuery(),
    "{ __schema { types { name } } }",
    '{ __type(name: "Member") { name } }',
    '{ a: __type(name: "Member") { name } accounts { totalCount } }',
    "{ ...Hidden } fragment Hidden on Query { __schema { queryType { name } } }",
  ])("an operation that asks for the schema is refused, and again when it is known: %s", async (query) => {
    const { run } = withoutIntrospection();
    for (let i = 0; i < 2; i++) {
      const { data, errors, calls } = await run(query);
      expect(data).toBeUndefined();
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining("GraphQL introspection has been disabled"),
        extensions: { code: "BAD_USER_INPUT" },
      });
      expect(calls).toEqual([]);
    }
  });

  test("`__typename` is answered, as clients ask for it everywhere", async () => {
    const { run } = withoutIntrospection();
    expect(await run("{ __typename accounts { __typename nodes { __typename } } }")).toMatchObject({
      data: { __typename: "Query", accounts: { __typename: "AccountConnection" } },
      errors: undefined,
    });
  });
});

describe("without suggestions", () => {
  const mistakes: [what: string, query: string, variables?: object][] = [
    ["a field", "{ acounts { totalCount } }"],
    ["a field of another type", '{ node(id: "x") { email } }'],
    ["an argument", `{ account(ids: "${account}") { name } }`],
    ["a type", '{ node(id: "x") { ... on Membr { email } } }'],
    ["a value of an enum", `{ account(id: "${account}") { members(status: ACCEPTD) { totalCount } } }`],
    [
      "a field of an input",
      `mutation { createUserGroup(input: { acountId: "${account}", name: "x" }) { __typename } }`,
    ],
    [
      "a field of an input as a variable",
      "mutation ($input: CreateUserGroupInput!) { createUserGroup(input: $input) { __typename } }",
      { input: { acountId: account, accountId: account, name: "x" } },
    ],
    [
      "a value of an enum as a variable",
      `query ($status: MemberStatus) { account(id: "${account}") { members(status: $status) { totalCount } } }`,
      { status: "ACCEPTD" },
    ],
  ];

  test.each(mistakes)(
    "a mistake in %s is told without names of the schema, and again when it is known",
    async (_, query, variables) => {
      const told = await setup().run(query, variables);
      const { run } = withoutSuggestions();
      for (let i = 0; i < 2; i++) {
        const { errors, status } = await run(query, variables);
        expect(status).toBe(told.status);
        expect(errors?.length).toBe(told.errors?.length);
        expect(JSON.stringify(errors)).not.toContain("Did you mean");
        expect(errors?.map(({ message }) => message)).toEqual(
          told.errors?.map(({ message }) => message.replace(/ Did you mean [^?]*\?/, "")),
        );
      }
    },
  );

  test("with them, which is the default, these mistakes have suggestions", async () => {
    const { run } = setup();
    let suggested = 0;
    for (const [, query, variables] of mistakes) {
      const { errors } = await run(query, variables);
      if (JSON.stringify(errors).includes("Did you mean")) suggested++;
    }
    expect(suggested).toBeGreaterThanOrEqual(mistakes.length - 1);
  });
});
