import fc, { type Arbitrary } from "fast-check";
import { type GraphQLSchema, getIntrospectionQuery } from "graphql";
import type { Supply } from "../../execution/documents/supply.ts";
import { documents } from "../../execution/documents.ts";

/** Text of a document and its variables, whatever they are. */
export interface Asked {
  query: string;
  variables: unknown;
}

const words = fc.constantFrom(
  ...[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "...",
    "on",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "$",
    "@include(if: $c)",
  ],
  ...[
    "@skip(if: true)",
    "a:",
    "id",
    "__typename",
    "__schema",
    "nodes",
    "policies",
    "owner",
    "null",
    '"',
    '"""',
    "\\u{0}",
    "#",
  ],
  ...[
    "\n",
    "!",
    "=",
    "|",
    "&",
    "\ufeff",
    "\u202e",
    "9".repeat(400),
    "1e999",
    "-",
    "__proto__",
    "constructor",
    "F0",
    "Node",
  ],
);

/** A valid document of which some words are taken out, doubled, or replaced. */
function broken(valid: Arbitrary<Asked>): Arbitrary<Asked> {
  const edit = fc.tuple(fc.nat(), fc.constantFrom("drop", "double", "replace", "cut"), words);
  return fc.tuple(valid, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([{ query, variables }, edits]) => {
    let tokens: string[] = query.match(/[\w$@"]+|\.\.\.|\s+|[^\w\s]/g) ?? [];
    for (const [where, what, word] of edits) {
      const at = tokens.length ? where % tokens.length : 0;
      if (what === "drop") tokens = tokens.toSpliced(at, 1);
      if (what === "double") tokens = tokens.toSpliced(at, 0, ...tokens.slice(at, at + 40));
      if (what === "replace") tokens = tokens.toSpliced(at, 1, word);
      if (what === "cut") tokens = tokens.slice(0, at);
    }
    return { query: tokens.join(""), variables };
  });
}

const repeat = (times: number, part: (i: number) => string) =>
  Array.from({ length: times }, (_, i) => part(i)).join(" ");

/** Fragments that spread each other, in circles or in chains, with and without conditions. */
const spreads: Arbitrary<Asked> = fc
  .record({
    fragments: fc.integer({ min: 1, max: 60 }),
    each: fc.integer({ min: 1, max: 3 }),
    circle: fc.boolean(),
    when: fc.constantFrom("", "@include(if: $c)", "@skip(if: $c)", "@include(if: true)"),
    below: fc.constantFrom("", "account(id: $a)", "policies"),
  })
  .map(({ fragments, each, circle, when, below }) => {
    const next = (i: number) => (circle ? (i + 1) % fragments : i + 1);
    const inner = (i: number) => repeat(each, () => (next(i) < fragments ? `...F${next(i)} ${when}` : "__typename"));
    const part = (i: number) => `fragment F${i} on Query { ${below ? `x: __typename ${inner(i)}` : inner(i)} }`;
    return {
      query: `query ($c: Boolean = true, $a: String = "x") { ...F0 t: __typename @skip(if: $c) u: account(id: $a) { id } } ${repeat(fragments, part)}`,
      variables: { c: true },
    };
  });

/** Much of one thing: aliases, directives, depth, lists, operations, names, numbers, text. */
const much: Arbitrary<Asked> = fc
  .record({
    kind: fc.constantFrom(
      "aliases",
      "directives",
      "deep",
      "lists",
      "objects",
      "types",
      "operations",
      "name",
      "roots",
      "same",
      "args",
      "text",
      "comment",
    ),
    times: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1000, 3000, 5000)),
  })
  .map(({ kind, times }) => {
    const texts: Record<typeof kind, string> = {
      aliases: `{ ${repeat(times, (i) => `a${i}: __typename`)} }`,
      directives: `{ __typename ${repeat(times, () => "@include(if: true)")} }`,
      deep: `${"{ a ".repeat(times)}${"}".repeat(times)}`,
      lists: `{ nodes(ids: ${"[".repeat(times)}${"]".repeat(times)}) { id } }`,
      objects: `mutation { createUserGroup(input: ${"{ a: ".repeat(times)}1${"}".repeat(times)}) { __typename } }`,
      types: `query ($x: ${"[".repeat(times)}Int${"]".repeat(times)}) { __typename }`,
      operations: repeat(times, (i) => `query Q${i} { __typename }`),
      name: `{ ${"n".repeat(times)} }`,
      roots: `{ ${repeat(times, (i) => `a${i}: accounts(first: 1) { nodes { id } }`)} }`,
      same: `{ ${repeat(times, () => "accounts { nodes { name } }")} }`,
      args: `{ account(${repeat(times, (i) => `a${i}: ${i}`)}) { id } }`,
      text: `{ account(id: ${JSON.stringify("x".repeat(times))}) { name } }`,
      comment: `{ __typename } #${"=".repeat(times)}`,
    };
    return { query: texts[kind], variables: {} };
  });

/** Policies that lead to their owner and back. */
const circles: Arbitrary<Asked> = fc
  .record({ times: fc.integer({ min: 1, max: 14 }), first: fc.integer({ min: -1, max: 1001 }) })
  .map(({ times, first }) => {
    const below = (left: number): string =>
      left === 0 ? "id" : `policies { owner { ... on UserGroup { ${below(left - 1)} } ... on Member { email } } }`;
    return {
      query: `query ($a: String!) { account(id: $a) { userGroups(first: ${first}) { nodes { ${below(times)} } } } }`,
      variables: { a: "023e105f4ecef8ad9ca31a8372d0c353" },
    };
  });

const introspection: Arbitrary<Asked> = fc.integer({ min: 1, max: 8 }).map((times) => {
  const whole = getIntrospectionQuery();
  const [, fields = ""] = /__schema (\{[\s\S]*?\n {4}\})\s*\}\s*fragment/.exec(whole) ?? [];
  const fragments = whole.slice(whole.indexOf("fragment FullType"));
  return { query: `{ ${repeat(times, (i) => `s${i}: __schema ${fields}`)} } ${fragments}`, variables: {} };
});

const mutation: Arbitrary<Asked> = fc
  .record({
    name: fc.constantFrom(
      ...["createUserGroup", "updateUserGroup", "deleteUserGroup", "addUserGroupMembers", "replaceUserGroupMembers"],
      ...["addUserGroupPolicy", "createResourceGroup", "createSsoConnector", "beginSsoConnectorVerification"],
    ),
    input: fc.object({
      maxDepth: 3,
      key: fc.constantFrom("id", "accountId", "name", "policies", "memberIds", "scope", "__proto__"),
    }),
    times: fc.integer({ min: 1, max: 120 }),
  })
  .map(({ name, input, times }) => ({
    query: `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${repeat(times, (i) => `m${i}: ${name}(input: $input) { __typename }`)} }`,
    variables: { input },
  }));

/** Documents of every kind, most of which no client would send. */
export function hostileDocuments(schema: GraphQLSchema, supply: Supply): Arbitrary<Asked> {
  const valid = documents(schema, supply).map(({ query, variables }): Asked => ({ query, variables }));
  const junk = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(words, { maxLength: 60 }).map((all) => all.join(" ")),
  );
  return fc.oneof(
    { weight: 5, arbitrary: valid },
    { weight: 4, arbitrary: broken(valid) },
    { weight: 2, arbitrary: spreads },
    { weight: 2, arbitrary: much },
    { weight: 1, arbitrary: circles },
    { weight: 1, arbitrary: introspection },
    { weight: 2, arbitrary: mutation },
    { weight: 1, arbitrary: junk.map((query) => ({ query, variables: {} })) },
  );
}
