import fc from "fast-check";
import {
  buildSchema,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  OverlappingFieldsCanBeMergedRule,
  parse,
  type ValidationRule,
  validate,
} from "graphql";
import { describe, expect, test } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { FieldsMergeRule } from "../../src/server/merge-rule.ts";
import { runs } from "../property.ts";

const animals = buildSchema(`
  interface Being { name(upper: Boolean, of: Names): String kin: Being kins: [Being!]! size: Int same: Being }
  input Names { first: String last: [Int] }
  type Dog implements Being { name(upper: Boolean, of: Names): String kin: Dog kins: [Being!]! size: Int same: Being bark: String owner: Human id: ID! }
  type Cat implements Being { name(upper: Boolean, of: Names): String kin: Cat kins: [Cat!]! size: Int same: Being purr: Int owner: Human! id: String }
  type Human implements Being { name(upper: Boolean, of: Names): String kin: Being kins: [Being!]! size: Int same: Being pets: [Pet] pet: Pet id: ID }
  union Pet = Dog | Cat
  type Query { being: Being pet: Pet dog: Dog cat: Cat human: Human }
`);

/** Little to choose from, so that much comes together under one name. */
const narrow = buildSchema(`
  interface Node { next: Node value(upper: Boolean, of: Of): Int }
  input Of { first: String last: [Int] }
  type A implements Node { next: Node value(upper: Boolean, of: Of): Int }
  type B implements Node { next: Node value(upper: Boolean, of: Of): Int }
  type Query { node: Node }
`);

const ARGUMENTS = ["", "", "", "(upper: true)", '(upper: true, of: { first: "a", last: [1, 2] })'];
const SAME = [
  '(of: { last: [1, 2], first: "a" }, upper: true)',
  '(upper: true, of: { first: """a""", last: [1, 2] })',
  "(upper: $x)",
];
const CALLS = [...ARGUMENTS, ...SAME];

/** Documents with fragments that are all used, none within itself; each number of the tape is one choice. */
function documentOf(schema: GraphQLSchema, tape: number[]): string {
  let read = 0;
  const next = (many: number) => (tape[read++] ?? 0) % many;
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isCompositeType(type) && !type.name.startsWith("__"),
  );
  const fragments: string[] = [];
  const most = 1 + next(4);
  const calls = CALLS.slice(0, [3, 4, CALLS.length][next(3)]);
  const aliases = schema === narrow ? ["", "a: ", "a: "] : ["", "", "a: ", "a: ", "b: "];

  function selection(type: GraphQLCompositeType, depth: number): string {
    const fields: GraphQLField<unknown, unknown>[] = isUnionType(type) ? [] : Object.values(type.getFields());
    const items = Array.from({ length: 1 + next(most) }, () => {
      const kind = next(8);
      const on = next(3) === 0 ? type : (types[next(types.length)] as GraphQLCompositeType);
      if (kind === 0 && depth > 0) return `... on ${on.name} ${selection(on, depth - 1)}`;
      if (kind === 1 && depth > 0) return `... ${selection(type, depth - 1)}`;
      if (kind === 2 && depth > 0 && fragments.length < 6) {
        const name = `F${fragments.length}`;
        fragments.push("");
        fragments[Number(name.slice(1))] = `fragment ${name} on ${on.name} ${selection(on, depth - 1)}`;
        return `...${name} ${next(2) ? `...${name}` : ""}`;
      }
      if (kind === 3 && fragments.length > 0) {
        // Only one that is done cannot lead back here.
        const done = fragments.findIndex((text) => text !== "");
        if (done >= 0) return `...F${done}`;
      }
      const field = fields[next(fields.length + 1)];
      const alias = aliases[next(aliases.length)];
      if (!field) return `${alias}__typename`;
      const below = getNamedType(field.type);
      if (!isCompositeType(below)) return `${alias}${field.name}${calls[next(calls.length)]}`;
      return depth > 0
        ? `${alias}${field.name}${schema === animals ? calls[next(calls.length)] : ""} ${selection(below, depth - 1)}`
        : "a: __typename";
    });
    return `{ ${items.join(" ")} }`;
  }

  const query = schema.getQueryType() as GraphQLCompositeType;
  return [`query ($x: Boolean) ${selection(query, 2 + next(4))}`, ...fragments].join("\n");
}

const verdict = (schema: GraphQLSchema, text: string, rule: ValidationRule) =>
  validate(schema, parse(text), [rule]).length === 0 ? "merges" : "conflicts";

describe("fields can be merged exactly where graphql-js says so", () => {
  test.each([
    ["interfaces and unions", animals, 3000],
    ["two types of one interface", narrow, 3000],
    ["our schema", schema, 500],
  ])("on %s", (_, schema, numRuns) => {
    const found = { merges: 0, conflicts: 0 };
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 60, maxLength: 400, size: "max" }), (tape) => {
        const text = documentOf(schema, tape);
        const expected = verdict(schema, text, OverlappingFieldsCanBeMergedRule);
        found[expected]++;
        expect(verdict(schema, text, FieldsMergeRule), text).toBe(expected);
      }),
      runs(numRuns),
    );
    expect(Math.min(found.merges, found.conflicts)).toBeGreaterThan(numRuns / 20);
  });
});
