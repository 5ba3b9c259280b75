import {
  buildSchema,
  type GraphQLError,
  OverlappingFieldsCanBeMergedRule,
  parse,
  type ValidationRule,
  validate,
} from "graphql";
import { describe, expect, test } from "vitest";
import { FieldsMergeRule } from "../../src/server/merge-rule.ts";

const schema = buildSchema(`
  interface Node { id: ID! next: Node list: [Node] value(a: Int, b: [Of]): Int text: String }
  input Of { c: Int d: Int }
  type A implements Node { id: ID! next: Node list: [Node] value(a: Int, b: [Of]): Int text: String }
  type B implements Node { id: ID! next: Node list: [Node] value(a: Int, b: [Of]): Int text: String }
  type Query { node: Node }
`);

const said = (query: string, rule: ValidationRule) =>
  validate(schema, parse(query), [rule]).map(({ message, locations }: GraphQLError) => ({ message, locations }));

describe("a conflict is told in graphql-js' words, at the same places", () => {
  test.each([
    "{ node { a: id a: text } }",
    "{ node { value(a: 1) value(a: 2) } }",
    "{ node { value(a: 1) value } }",
    "{ node { ... on A { x: id } ... on B { x: text } } }",
    "{ node { ... on A { x: next { id } } ... on B { x: list { id } } } }",
    "{ node { next { a: id } next { a: text } } }",
    "{ node { next { next { a: id } } ...F } } fragment F on Node { next { next { a: text } } }",
  ])("%s", (query) => {
    const conflicts = said(query, FieldsMergeRule);
    expect(conflicts).toHaveLength(1);
    expect(conflicts).toEqual(said(query, OverlappingFieldsCanBeMergedRule));
  });
});

describe("no conflict", () => {
  test.each([
    ["arguments in another order", "{ node { value(a: 1, b: [{ c: 1, d: 2 }]) value(b: [{ d: 2, c: 1 }], a: 1) } }"],
    ["objects of two types", "{ node { ... on A { x: value(a: 1) } ... on B { x: value(a: 2) } } }"],
    ["objects within those of two types", "{ node { ...on A { x: next { y: id } } ... on B { x: next { y: id } } } }"],
    [
      "fragments within each other, which are refused elsewhere",
      "{ node { ...F } } fragment F on Node { next { ...F } }",
    ],
  ])("between %s", (_, query) => {
    expect(said(query, FieldsMergeRule)).toEqual([]);
  });
});

test("every response name with a conflict is told, and what is below is left alone", () => {
  const query = "{ node { a: id a: text b: value b: id c: next { d: id } c: list { d: text } } }";
  expect(said(query, FieldsMergeRule).map(({ message }) => message.slice(0, 10))).toEqual([
    'Fields "a"',
    'Fields "b"',
    'Fields "c"',
  ]);
});
