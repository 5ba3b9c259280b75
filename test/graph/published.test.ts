import { readFileSync } from "node:fs";
import {
  type DocumentNode,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";
import { describe } from "vitest";
import { clientSchema, introspection } from "../../client-schema.ts";
import { semanticLevels, semanticSdl } from "../../semantic-non-null.ts";
import { embeddedTypes } from "../../src/client-schema.ts";
import { schema } from "../../src/graph/schema.ts";
import { type Quirk, quirks } from "../../src/sandbox/quirks.ts";
import { account, expect, setup, test } from "../gateway.ts";
import { readPage } from "../markdown.ts";
import { AccountMembersDocument, FullGraphDocument } from "../operations/graphql.ts";

test.for([
  ["schema/schema.semantic-non-null.graphql", semanticSdl],
  ["schema/introspection.json", introspection],
  ["src/client-schema.ts", clientSchema],
] as const)("%s is the schema's: run `npm run codegen` after a change", ([file, made]) => {
  expect(readFileSync(file, "utf8")).toBe(made(schema));
});

test("types without an ID are named in the configuration of GraphQL-ESLint, or belong to no object", () => {
  const [, list = ""] = /const types = \[(.*?)\]/s.exec(readPage("examples/graphql-eslint/eslint.config.js")) ?? [];
  const named = Array.from(list.matchAll(/"(\w+)"/g), ([, name]) => name);
  const parts = embeddedTypes.filter((name) => !/(Connection|Edge|Payload|Error)$/.test(name));
  expect(named, "examples/graphql-eslint/eslint.config.js: give the type an ID, or name it in `types`").toEqual(parts);
});

/** Everything that a list of an account can have, in pages, by edges and by nodes. */
const wide = parse(`query ($account: String!) {
  accounts { pageInfo { hasNextPage } edges { node { name type } } nodes { name } }
  account(id: $account) {
    name type
    userGroups(first: 20) { pageInfo { hasNextPage } nodes {
      name createdAt updatedAt revision policies { access }
      members(first: 2) { revision pageInfo { hasNextPage } edges { node { id } } nodes { policies { access } roles { name description } revision } }
    } }
    members(first: 20) { pageInfo { hasNextPage } nodes { revision policies { access } roles { name description } userGroups(first: 1) { nodes { name } } } }
    permissionGroups(first: 20) { nodes { name } }
    resourceGroups(first: 20) { nodes { name } edges { node { id } } }
    roles { nodes { name description } }
    ssoConnectors { nodes { id } edges { node { id } } }
    apiTokens { nodes { policies { access } } }
  }
}`);

/** Paths at which an answer has a null that \`@semanticNonNull\` says an error explains. */
function nullsOf(document: DocumentNode, data: unknown): string[] {
  const found: string[] = [];
  const visit = (set: SelectionSetNode, type: GraphQLObjectType, at: Record<string, unknown>, path: string) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const own = schema.getType(selection.typeCondition?.name.value ?? type.name);
        if (own === type) visit(selection.selectionSet, type, at, path);
        continue;
      }
      const field = type.getFields()[selection.name.value];
      if (!field) continue;
      const key = selection.alias?.value ?? selection.name.value;
      const [value, here] = [at[key], `${path}${key}`];
      const levels = semanticLevels(type, field as never);
      if (value === null && levels.includes(0)) found.push(here);
      const items = isListType(getNullableType(field.type)) ? ((value ?? []) as unknown[]) : [value];
      const below = getNamedType(field.type);
      for (const [i, item] of items.entries()) {
        const place = isListType(getNullableType(field.type)) ? `${here}.${i}` : here;
        if (item === null && levels.includes(1)) found.push(place);
        if (item && selection.selectionSet && isObjectType(below))
          visit(selection.selectionSet, below, item as Record<string, unknown>, `${place}.`);
      }
    }
  };
  const [operation] = document.definitions;
  if (operation?.kind === Kind.OPERATION_DEFINITION && data)
    visit(operation.selectionSet, schema.getQueryType() as GraphQLObjectType, data as Record<string, unknown>, "");
  return found;
}

describe("a field that is marked as @semanticNonNull", () => {
  test.for(Object.keys(quirks) as Quirk[])("is null beside an error only (%s)", async (quirk) => {
    const { run } = setup({ quirks: [quirk] });
    for (const document of [wide, FullGraphDocument as DocumentNode, AccountMembersDocument as DocumentNode]) {
      const { data, errors } = await run(document as never, { account } as never);
      const failed = errors?.map(({ path }) => path?.join(".")) ?? [];
      const unexplained = nullsOf(document, data).filter(
        (path) => !failed.some((each) => each === path || each?.startsWith(`${path}.`)),
      );
      expect(unexplained, quirk).toEqual([]);
    }
  });

  test("is null with a credential that Cloudflare rejects, and each null has an error", async () => {
    const { run } = setup();
    const { data, errors } = await run(wide as never, { account } as never, { authorization: "Bearer nobody" });
    const nulls = nullsOf(wide, data);
    expect(nulls).toContain("accounts");
    expect(errors?.map(({ path }) => path?.join("."))).toEqual(expect.arrayContaining(nulls));
  });

  test("is nullable at that level, and there are many", () => {
    let marked = 0;
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        for (const level of semanticLevels(type, field as never)) {
          const whole = String(field.type);
          const item = whole.replace(/^\[(.*)\]!?$/, "$1");
          expect(level === 0 ? whole : item, `${type.name}.${field.name}`).not.toMatch(/!$/);
          marked++;
        }
      }
    }
    expect(marked).toBeGreaterThan(60);
  });
});
