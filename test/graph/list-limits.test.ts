import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { describe } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { expect, test } from "./mutations/mutation.ts";

/** A list of an input: the way to it, with a `0` for each list on the way, and what was declared of it. */
interface List {
  path: string[];
  type: GraphQLInputType;
  maxItems: number | undefined;
  description: string;
}

type Input = { name: string; type: GraphQLInputType; extensions: object; description?: string | null | undefined };

function listsOf(inputs: readonly Input[], path: string[] = []): List[] {
  return inputs.flatMap(({ name, type, extensions, description }) => {
    const here = [...path, name];
    const list = isListType(getNullableType(type));
    const named = getNamedType(type);
    const below = isInputObjectType(named) ? Object.values(named.getFields()) : [];
    const { maxItems } = extensions as { maxItems?: number };
    return [
      ...(list ? [{ path: here, type, maxItems, description: description ?? "" }] : []),
      ...listsOf(below, list ? [...here, "0"] : here),
    ];
  });
}

/** The least that a type takes, with a value in one place below it. */
function least(type: GraphQLInputType, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const present = getNullableType(type);
  const [name = "", ...rest] = path;
  if (isListType(present)) return [least(present.ofType, rest, value)];
  if (!isInputObjectType(present)) return value;
  const given = Object.values(present.getFields()).flatMap((field) => {
    if (field.name === name) return [[name, least(field.type, rest, value)]];
    return isNonNullType(field.type) ? [[field.name, plain(field.type)]] : [];
  });
  return Object.fromEntries(given);
}

/** Some value of a type; whatever it means is checked later than its length. */
function plain(type: GraphQLInputType): unknown {
  const present = getNullableType(type);
  if (isListType(present)) return [];
  if (isEnumType(present)) return present.getValues()[0]?.name;
  if (!isInputObjectType(present)) return "x";
  const fields = Object.values(present.getFields());
  const wanted = present.isOneOf ? fields.slice(0, 1) : fields.filter(({ type }) => isNonNullType(type));
  return Object.fromEntries(
    wanted.map((field) => [field.name, getNamedType(field.type).name === "Boolean" ? true : plain(field.type)]),
  );
}

const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith("__"));
const everyArgument = objects.flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).flatMap((field) => field.args.map((arg) => ({ type, field, arg })))
    : [],
);

test("every list of an argument or an input has a maximum, and its description tells it", () => {
  const lists = everyArgument.flatMap(({ type, field, arg }) =>
    listsOf([arg]).map((list) => ({ ...list, at: `${type.name}.${field.name} ${list.path.join(".")}` })),
  );
  expect(lists.length).toBeGreaterThan(20);
  for (const { maxItems, description, at } of lists) {
    expect(maxItems, at).toBeGreaterThan(0);
    expect(description, at).toMatch(new RegExp(`At most ${maxItems}\\.$`));
  }
});

test("lists of arguments are the IDs of `nodes` and the changes of a preview, which check their own", () => {
  const named = everyArgument.filter(({ arg }) => isListType(getNullableType(arg.type)));
  expect(named.map(({ type, field, arg }) => `${type.name}.${field.name}(${arg.name}:)`)).toEqual([
    "Query.nodes(ids:)",
    "Query.previewChanges(changes:)",
  ]);
});

describe("a list with one item too many is refused before anything is called", () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const cases = mutations.flatMap(({ name, args: [input] }) =>
    input
      ? listsOf([input]).map((list): [string, List, GraphQLInputType] => [
          `${name} ${list.path.join(".")}`,
          list,
          input.type,
        ])
      : [],
  );

  test.for(cases)("%s", async ([name, { path, type, maxItems = 0 }, whole], { mutate }) => {
    const [mutation = ""] = name.split(" ");
    const present = getNullableType(type);
    const item = isListType(present) ? plain(present.ofType) : undefined;
    const list = Array.from({ length: maxItems + 1 }, () => item);
    const [, ...inside] = path;
    const { result, errors, calls } = await mutate(mutation, least(whole, inside, list) as object);
    expect(errors).toBeUndefined();
    const message = `must have at most ${maxItems} items, not ${maxItems + 1}`;
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      message: `\`${inside.join(".")}\` ${message}.`,
      fields: [{ path: inside, message }],
    });
    expect(calls).toEqual([]);
  });
});

test("names, keys and filters have a maximum, too", async ({ run, mutate }) => {
  const long = "x".repeat(256);
  const { result } = await mutate("createResourceGroup", {
    accountId: "a".repeat(32),
    name: long,
    scope: { raw: { key: long, objects: [long] } },
  });
  const message = "must be at most 255 characters";
  expect(result).toMatchObject({
    fields: [
      { path: ["name"], message },
      { path: ["scope", "raw", "key"], message },
      { path: ["scope", "raw", "objects", "0"], message },
    ],
  });
  const { errors, calls } = await run(`{ accounts(name: "${long}") { totalCount } }`);
  expect(errors?.[0]?.message).toBe("`name` must be at most 255 characters, not 256.");
  expect(calls).toEqual([]);
});

test("of many problems of one input, a hundred are told", async ({ mutate }) => {
  const memberIds = Array.from({ length: 1000 }, () => "no ID");
  const { result } = await mutate("addUserGroupMembers", {
    accountId: "a".repeat(32),
    userGroupId: "b".repeat(32),
    memberIds,
  });
  expect(result.fields).toHaveLength(100);
});
