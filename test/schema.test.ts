import { readFileSync } from "node:fs";
import {
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { expect, test } from "vitest";
import { schema } from "../src/graph/schema.ts";

const ours: GraphQLNamedType[] = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

/** Every describable thing of a type with its coordinate: `Account.userGroups(first:)`. */
function describable(type: GraphQLNamedType): [string, { description?: string | null | undefined }][] {
  const args = (field: string, list: readonly GraphQLArgument[]) =>
    list.map((argument): [string, GraphQLArgument] => [`${field}(${argument.name}:)`, argument]);
  if (isEnumType(type))
    return [
      [type.name, type],
      ...type.getValues().map((value): [string, typeof value] => [`${type.name}.${value.name}`, value]),
    ];
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields());
    return [
      [type.name, type],
      ...fields.flatMap(
        (field) =>
          [[`${type.name}.${field.name}`, field], ...args(`${type.name}.${field.name}`, field.args)] as [
            string,
            typeof field,
          ][],
      ),
    ];
  }
  if (isInputObjectType(type))
    return [
      [type.name, type],
      ...Object.values(type.getFields()).map((field): [string, typeof field] => [`${type.name}.${field.name}`, field]),
    ];
  return [[type.name, type]];
}

test("the published SDL is the schema's: run `npm run codegen` after a change", () => {
  expect(readFileSync("schema/schema.graphql", "utf8").trim()).toBe(
    printSchema(lexicographicSortSchema(schema)).trim(),
  );
});

test("every type, field, argument and value is described, in sentences", () => {
  for (const [coordinate, { description }] of ours.flatMap(describable)) {
    expect(description ?? "", coordinate).toMatch(/^\S[\s\S]{8,}[.:`)…]$/);
  }
});

test("every field that may cost a call says so and is nullable", () => {
  for (const type of ours) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!/\bCosts \d/.test(field.description ?? "") || `${type.name}.${field.name}` === "Query.nodes") continue;
      expect(String(field.type), `${type.name}.${field.name}`).not.toMatch(/!$/);
    }
  }
});

test("every argument and input field shows an example value", () => {
  for (const [coordinate, { description }] of ours.flatMap(describable)) {
    const takesValue = coordinate.includes(":)") || isInputObjectType(schema.getType(coordinate.split(".")[0] ?? ""));
    if (takesValue && coordinate.includes(".")) expect(description ?? "", coordinate).toMatch(/`[^`]+`/);
  }
});
