import { globalId } from "../src/graph/node.ts";

/** A document within the default limits that makes one part of the work before an execution as large as it can be. */
export type HostileDocument = [name: string, query: string, variables?: Record<string, unknown>];

const id = "023e105f4ecef8ad9ca31a8372d0c353";
const many = (count: number, part: (i: number) => string, between = " ") =>
  Array.from({ length: count }, (_, i) => part(i)).join(between);
const long = (i: number, length = 255) => `${"n".repeat(length - 6)}${String(i).padStart(6, "0")}`;
const nested = (count: number, open: string, inner: string, close = "}") =>
  open.repeat(count) + inner + close.repeat(count);
const within = (count: number, part: (i: number) => string) => `{ account(id: "${id}") { ${many(count, part)} } }`;

/** Types of an interface that a document can tell apart. */
const types = ["Account", "UserGroup", "Member", "Policy", "PermissionGroup", "ResourceGroup", "SsoConnector"];

/** Each level is one of several types, so that no two of the fields at the bottom are of the same object. */
function branches(levels: number, width: number): string {
  if (levels === 0) return "x: id";
  return many(
    width,
    (i) =>
      `... on ${types[i]} { id ${levels > 1 && types[i] === "Policy" ? `owner { ... on Node { ${branches(levels - 1, width)} } }` : ""} }`,
  );
}

/** Chains of fields under one name whose parents are of an interface, of one of its types, or of another, level by level. */
function patterns(levels: number): string {
  if (levels === 0) return "policies { id }";
  const below = patterns(levels - 1);
  return `policies { owner { ... on UserGroup { ${below} } ... on Member { ${below} } } }`;
}

/** The documents: each kind of thing that a document can have many of, well formed or wrong. */
export const hostileDocuments: HostileDocument[] = [
  ["one field, again and again", `{ account(id: "${id}") { ${many(3980, () => "name")} } }`],
  [
    "one field with a list of its own, again and again",
    `{ account(id: "${id}") { ${many(560, () => "userGroups { nodes { name } }")} } }`,
  ],
  [
    "aliases of lists",
    `{ account(id: "${id}") { ${many(190, (i) => `a${i}: userGroups(first: ${i}) { nodes { id name } }`)} } }`,
  ],
  [
    "aliases at the root",
    `{ ${many(99, (i) => `a${i}: account(id: "${id}") { name userGroups { nodes { members { nodes { id email } } } } }`)} }`,
  ],
  [
    "aliases of a thousand accounts with their members",
    `query ($ids: [ID!]!) { ${many(99, (i) => `a${i}: nodes(ids: $ids) { ... on Account { members { nodes { id } } } }`)} }`,
    { ids: Array.from({ length: 1000 }, (_, i) => globalId("Account", String(i).padStart(32, "0"))) },
  ],
  ["operations", many(790, (i) => `query Q${i} { __typename }`)],
  ["operations with variables", many(150, (i) => `query Q${i}($a: String!, $b: Int) { account(id: $a) { name } }`)],
  [
    "fragments",
    `{ account(id: "${id}") { ${many(430, (i) => `...F${i}`)} } } ${many(430, (i) => `fragment F${i} on Account { name }`)}`,
  ],
  [
    "fragments within each other",
    `{ account(id: "${id}") { ...F0 } } ${many(190, (i) => `fragment F${i} on Account { name ...F${i + 1} id }`)} fragment F190 on Account { name }`,
  ],
  [
    "one fragment, spread again and again",
    `{ account(id: "${id}") { ${many(430, () => "...F")} } } fragment F on Account { id }`,
  ],
  [
    "fragments that are spread where others are",
    `{ account(id: "${id}") { ${many(60, (i) => `...A${i}`)} } } ${many(60, (i) => `fragment A${i} on Account { ...B ...C }`)} fragment B on Account { userGroups { nodes { name } } } fragment C on Account { userGroups { nodes { id } } }`,
  ],
  ["fragments within themselves", `{ __typename } ${many(400, (i) => `fragment F${i} on Query { ...F${i} }`)}`],
  ["a circle of fragments", `{ ...F0 } ${many(190, (i) => `fragment F${i} on Query { ...F${(i + 1) % 190} }`)}`],
  ["fragments that nobody spreads", `{ __typename } ${many(500, (i) => `fragment F${i} on Query { __typename }`)}`],
  ["spreads of fragments that are not there", `{ ${many(1900, (i) => `...${long(i, 100)}`)} }`],
  ["inline fragments within each other", `{ ${many(12, () => nested(98, "... {", "__typename"))} }`],
  [
    "fields within each other",
    `{ ${many(9, (i) => `a${i}: account(id: "${id}") { userGroups { nodes { ${nested(7, "policies { owner { ... on UserGroup {", "id", "} } }")} } } }`)} }`,
  ],
  ["types of an interface", `{ node(id: "x") { ${many(430, (i) => `... on ${types[i % types.length]} { id }`)} } }`],
  [
    "fields of an interface",
    `{ node(id: "x") { ${many(190, (i) => `a${i}: id`)} ${many(3300, () => "__typename")} } }`,
  ],
  [
    "nodes of an interface",
    `{ ${many(99, (i) => `a${i}: node(id: "x") { id ... on UserGroup { name policies { owner { __typename } } } }`)} }`,
  ],
  ["objects that exclude each other", `{ nodes(ids: []) { ${branches(3, types.length)} } }`],
  ["chains of objects that exclude each other", `{ nodes(ids: []) { ... on UserGroup { ${patterns(7)} } } }`],
  ["conflicts of fields", `{ account(id: "${id}") { ${many(99, (i) => `a${i}: name a${i}: id`)} } }`],
  ["conflicts of one name", `{ account(id: "${id}") { ${many(100, () => "a: name a: id")} } }`],
  [
    "conflicts of arguments",
    `{ account(id: "${id}") { ${many(390, (i) => `userGroups(first: ${i}) { totalCount }`)} } }`,
  ],
  [
    "arguments of 255 characters",
    `{ account(id: "${id}") { ${many(390, (i) => `userGroups(name: "${long(i)}") { totalCount }`)} } }`,
  ],
  ["variables", `query (${many(480, (i) => `$v${i}: ID!`)}) { nodes(ids: [${many(480, (i) => `$v${i}`)}]) { id } }`],
  ["variables that nobody uses", `query (${many(900, (i) => `$v${i}: ID`)}) { __typename }`],
  ["variables that nobody declares", `query { nodes(ids: [${many(1900, (i) => `$v${i}`)}]) { id } }`],
  ["one variable, again and again", `query ($a: ID!) { nodes(ids: [${many(1900, () => "$a")}]) { id } }`],
  [
    "variables of lists within each other",
    `query (${many(9, (i) => `$v${i}: ${nested(198, "[", "Int", "]")}`)}) { __typename }`,
  ],
  ["fields that are not there", within(3900, (i) => long(i))],
  ["fields that are nearly there", within(3900, (i) => `userGroup${i}s`)],
  ["names as long as a type's, and unlike it", within(600, (i) => `... on ${long(i, 30)} { id }`)],
  ["types that are not there", within(600, (i) => `... on UserGroop${i} { id }`)],
  ["types that cannot be there", `{ account(id: "${id}") { ${many(600, () => "... on Policy { id }")} } }`],
  ["arguments that are not there", within(400, (i) => `userGroups(fir${i}st: 1) { totalCount }`)],
  ["arguments again and again", `{ account(${many(1300, () => `id: "${id}"`)}) { name } }`],
  ["directives that are not there", `{ __typename ${many(50, (i) => `@${long(i)}`)} }`],
  ["numbers where ids are", `{ nodes(ids: [${many(3980, String)}]) { id } }`],
  ["strings where ids are", `{ nodes(ids: [${many(3900, (i) => `"${long(i, 250)}"`)}]) { id } }`],
  ["ids of another type", `{ nodes(ids: [${many(780, () => "{ a: 1 }")}]) { id } }`],
  [
    "an input that has all it can have",
    `mutation { createUserGroup(input: { accountId: "${id}", name: "x", policies: [${many(100, () => `{ access: ALLOW, permissionGroupIds: ["${id}"], resourceGroups: [{ scope: { zoneIds: ["${id}"] } }] }`)}] }) { __typename } }`,
  ],
  [
    "an input that has much that it cannot have",
    `mutation { createUserGroup(input: { ${many(1300, (i) => `${long(i, 60)}: 1`)} }) { __typename } }`,
  ],
  [
    "mutations",
    `mutation { ${many(99, (i) => `a${i}: deleteUserGroup(input: { userGroupId: "${id}", accountId: "${id}" }) { __typename ... on MutationError { message } }`)} }`,
  ],
  [
    "what there is in the schema",
    `{ __schema { types { ${many(60, (i) => `a${i}: fields { name args { name type { name ofType { name ofType { name } } } } }`)} } } }`,
  ],
  ["comments", `{ __typename } ${many(3990, (i) => `#${i}`, "\n")}`],
  ["one long comment", `{ __typename } #${"x".repeat(900_000)}`],
  ["one long string", `{ node(id: "${"x".repeat(900_000)}") { id } }`],
  ["one long block string of many lines", `{ node(id: """${`${" ".repeat(200)}\n`.repeat(3990)}""") { id } }`],
  ["escapes", `{ node(id: "${"\\u0041".repeat(140_000)}") { id } }`],
  ["blank lines", `{ __typename ${`${" ".repeat(200)}\n`.repeat(3990)} }`],
  ["blanks", `{ __typename ${" ".repeat(900_000)} }`],
  ["errors at the end of many lines", `{ ${"\n".repeat(3990)} ${many(100, (i) => `f${i}`)} }`],
  [
    "deep conflicts at the end of many lines",
    `{ account(id: "${id}") { ${"\n".repeat(3980)} ${many(20, (i) => {
      const path = (name: string) => nested(5, `policies { owner { ... on UserGroup {`, `x: ${name}`, "} } }");
      return `g${i}: userGroups { nodes { ${path("id")} } } g${i}: userGroups { nodes { ${path("name")} } }`;
    })} } }`,
  ],
  ["long names", `{ account(id: "${id}") { ${many(190, (i) => `${long(i)}: name`)} } }`],
];
