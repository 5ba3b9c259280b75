import { readdir, readFile } from "node:fs/promises";
import {
  buildSchema,
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import type { Example, ExampleGroup } from "./page-data.ts";
import { templateOf } from "./variable-template.ts";

const folder = new URL("../../../schema/", import.meta.url);

/** Operations that are listed by what they are about; the others by what they do. */
const about: Partial<Record<ExampleGroup, readonly string[]>> = {
  Access: [
    "WhoCanPurgeCache",
    "WhyCan",
    "WhyNot",
    "WhatCanTheyDo",
    "GroupsWithAccessToAZone",
    "PreviewMove",
    "TokensNobodyUses",
  ],
  People: [
    "MembersWithUsers",
    "AccountMembers",
    "InviteMember",
    "AddToGroups",
    "WhomSsoForces",
    "BeforeSomebodyLeaves",
    "OffboardMember",
    "RemoveMember",
  ],
};

/**
 * The numbered example operations of `schema/operations`, for GraphiQL. Variables that must be given are filled in, so that one runs
 * at one click: with the value under `Operation.variable` or `variable`, or with a template of its type where there is none.
 */
export async function exampleOperations(values: Record<string, unknown> = {}): Promise<Example[]> {
  const operations = new URL("operations/", folder);
  const names = (await readdir(operations)).filter((name) => name.endsWith(".graphql")).sort();
  const schema = buildSchema(await readFile(new URL("schema.graphql", folder), "utf8"), { assumeValid: true });
  const read = async (name: string) =>
    exampleOf(name, await readFile(new URL(name, operations), "utf8"), values, schema);
  return Promise.all(names.map(read));
}

function exampleOf(file: string, text: string, values: Record<string, unknown>, schema: GraphQLSchema): Example {
  const query = text.trim();
  const operation = parse(query).definitions.find(isOperation);
  const name = operation?.name?.value ?? "";
  const variables = (operation?.variableDefinitions ?? []).flatMap(({ variable, type, defaultValue }) => {
    if (type.kind !== Kind.NON_NULL_TYPE || defaultValue) return [];
    const { value } = variable.name;
    return [[value, values[`${name}.${value}`] ?? values[value] ?? templateOf(schema, type, value)]];
  });
  return {
    group: groupOf(name, operation),
    title: titleOf(file),
    ...commentOf(query),
    query,
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
  };
}

function groupOf(name: string, operation: OperationDefinitionNode | undefined): ExampleGroup {
  const groups = Object.entries(about) as [ExampleGroup, readonly string[]][];
  const [group] = groups.find(([, names]) => names.includes(name)) ?? [];
  return group ?? (operation?.operation === "mutation" ? "Writes" : "Reads");
}

/** `02-groups-with-policies.graphql` is “Groups with policies”. */
function titleOf(file: string): string {
  const words = file
    .replace(/^\d+-|\.graphql$/g, "")
    .replaceAll("-", " ")
    .replace(/\bsso\b/, "SSO");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The comment before an operation: what it shows, and in the last line what it costs. */
function commentOf(query: string): Pick<Example, "shows" | "costs"> {
  const [comment = ""] = /^(#.*\n)*/.exec(query) ?? [];
  const lines = comment
    .trim()
    .split("\n")
    .map((line) => line.replace(/^# ?/, ""));
  return { shows: lines.slice(0, -1).join(" "), costs: lines.at(-1) ?? "" };
}

function isOperation(definition: DefinitionNode): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION;
}
