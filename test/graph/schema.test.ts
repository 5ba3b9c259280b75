import { globSync, readFileSync } from "node:fs";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNullableType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../src/graph/schema.ts";

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
  expect(
    readFileSync("schema/schema.graphql", "utf8").trim(),
    "run `npm run codegen`: schema/schema.graphql is old",
  ).toBe(printSchema(lexicographicSortSchema(schema)).trim());
});

test("the published possible types are the schema's: run `npm run codegen` after a change", () => {
  const abstract = ours.filter((type) => isInterfaceType(type) || isUnionType(type));
  const possibleTypes = Object.fromEntries(
    abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
  const published = JSON.parse(readFileSync("schema/possible-types.json", "utf8"));
  const sorted = (types: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(types).map(([name, names]) => [name, names.toSorted()]));
  expect(sorted(published.possibleTypes), "run `npm run codegen`: schema/possible-types.json is old").toEqual(
    sorted(possibleTypes),
  );
});

test("every type, field, argument and value is described, in sentences", () => {
  for (const [coordinate, { description }] of ours.flatMap(describable)) {
    expect(
      description ?? "",
      `${coordinate}: its description in src/graph/ must be a sentence with a full stop`,
    ).toMatch(/^\S[\s\S]{8,}[.:`)…]$/);
  }
});

/** Every field of every object with its coordinate: `Account.name`. */
const fields = ours
  .filter(isObjectType)
  .flatMap((type) => Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const));

test("every field that may cost a call says so and is nullable", () => {
  for (const [coordinate, { description, type }] of fields) {
    if (/\bCosts \d/.test(description ?? ""))
      expect(String(type), `${coordinate} must be nullable: its call may fail`).not.toMatch(/!$/);
  }
});

/** Why the resolver of a field may fail; nothing where it only shows what its object holds. */
function mayFail(coordinate: string, { args, extensions, resolve, type }: GraphQLField<unknown, unknown>) {
  const named = getNamedType(type);
  if (/^(Query|Mutation)\./.test(coordinate)) return "an operation begins there";
  if (args.length > 0) return "its arguments may be refused";
  if (extensions.cost) return "it may call Cloudflare";
  if (resolve?.constructor.name === "AsyncFunction") return "it waits for something";
  // When something was read is the gateway's own time.
  if (named.name === "DateTime" && !coordinate.endsWith(".readAt")) return "Cloudflare may send no date";
  return isEnumType(named) && cloudflareEnums.has(named.name) ? "Cloudflare may send an unknown word" : undefined;
}

/** The enums whose words Cloudflare sends: their values are those words, in lower case. Others are made here. */
const cloudflareEnums = new Set([
  "Access",
  "AccountType",
  "ApiTokenStatus",
  "MemberStatus",
  "SsoVerificationStatus",
  "ZoneStatus",
]);

test("a field that can fail is nullable, so that it takes nothing with it", () => {
  const failing = fields.map(([coordinate, field]) => [coordinate, field, mayFail(coordinate, field)] as const);
  for (const [coordinate, { type }, why] of failing)
    if (why) expect(type, `${coordinate}: ${why}`).toSatisfy(isNullableType);
  expect(failing.filter(([, , why]) => why).length).toBeGreaterThan(60);
});

test("every enum of Cloudflare's words is known to the rule above", () => {
  const sources = globSync("src/graph/*.ts").map((file) => readFileSync(file, "utf8"));
  const declared = sources.flatMap((source) =>
    Array.from(source.matchAll(/cloudflareEnum\(\s*"(\w+)"/g), ([, name]) => name),
  );
  expect(new Set(declared), "add the enum to `cloudflareEnums` in test/graph/schema.test.ts").toEqual(cloudflareEnums);
});

test("every argument and input field shows an example value", () => {
  for (const [coordinate, { description }] of ours.flatMap(describable)) {
    const takesValue = coordinate.includes(":)") || isInputObjectType(schema.getType(coordinate.split(".")[0] ?? ""));
    if (takesValue && coordinate.includes("."))
      expect(description ?? "", `${coordinate}: add an example in backticks to its description in src/graph/`).toMatch(
        /`[^`]+`/,
      );
  }
});
