import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { describe } from "vitest";
import type { Cost } from "../../src/graph/cost.ts";
import { schema } from "../../src/graph/schema.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import { account, expect } from "../gateway.ts";
import { costs, groupBy, raw, test } from "./setup.ts";

describe("every field that can call", () => {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter((type) => !isIntrospectionType(type));
  const fields = types.flatMap((type) => Object.values(type.getFields()).map((field) => [type.name, field] as const));

  test("says so, and whoever says so declares it", () => {
    for (const [type, { name, description, extensions }] of fields) {
      const cost = extensions.cost as Cost | undefined;
      expect(description, `${type}.${name}`).toContain(cost?.says ?? "");
      if (/\bcosts (?!nothing)/i.test(description ?? "")) {
        expect(cost, `${type}.${name} costs something`).toBeDefined();
      }
    }
  });

  const someone = idOf("member", account, "mara.lindqvist@acme.example");

  /** A field with the arguments that it needs, and few records. */
  function called({ name, args }: GraphQLField<unknown, unknown>): string {
    const values: Record<string, unknown> = { first: 2, ids: [groupBy(1)], id: raw(1), memberId: someone };
    if (name === "account") values.id = account;
    if (name === "node") values.id = groupBy(1);
    const inputs: Record<string, string> = { permission: '{ label: "dns_admin" }', on: "{ account: true }" };
    const given = args.filter((arg) => isRequiredArgument(arg) || arg.name === "first");
    const text = given.map((arg) => `${arg.name}: ${inputs[arg.name] ?? JSON.stringify(values[arg.name])}`).join();
    return text ? `${name}(${text})` : name;
  }

  /** Documents that reach a type by every field that gives it: what stands around its selection. */
  function ways(): { type: GraphQLObjectType; around: (fields: string) => string }[] {
    const found: ReturnType<typeof ways> = [
      { type: schema.getQueryType() as GraphQLObjectType, around: (own) => `{ ${own} }` },
    ];
    const walked = new Set<string>();
    for (const { type, around } of found) {
      if (walked.has(type.name)) continue;
      walked.add(type.name);
      for (const field of Object.values(type.getFields())) {
        const given = getNamedType(field.type);
        const below = isAbstractType(given) ? schema.getPossibleTypes(given) : isObjectType(given) ? [given] : [];
        for (const each of below) {
          found.push({ type: each, around: (own) => around(`${called(field)} { ... on ${each.name} { ${own} } }`) });
        }
      }
    }
    return found;
  }

  test("has a cost, and whatever has none calls nobody", { timeout: 60_000 }, async ({ worlds }) => {
    const { run } = worlds({});
    let tried = 0;
    for (const { type, around } of ways()) {
      const idle = await costs(run, around("__typename"));
      for (const field of Object.values(type.getFields())) {
        const own = isLeafType(getNamedType(field.type)) ? "" : " { __typename }";
        const query = around(called(field) + own);
        const spent = await costs(run, query);
        if (!field.extensions.cost) expect(spent, query).toBe(idle);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(200);
  });
});
