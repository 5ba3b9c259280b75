import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { readFragment as readTada } from "gql.tada";
import { GraphQLClient } from "graphql-request";
import { startGateway } from "../gateway-process.ts";
import { CreateGroup, GroupCard, GroupCards } from "./client-preset.ts";
import { readFragment } from "./generated/fragment-masking.ts";
import { GroupName, Groups } from "./tada.ts";

const account = "023e105f4ecef8ad9ca31a8372d0c353";
const passed = new Map<string, string[]>();
let gateway: Awaited<ReturnType<typeof startGateway>>;
let client: GraphQLClient;
before(async () => {
  gateway = await startGateway();
  client = new GraphQLClient(gateway.url, { headers: { authorization: "Bearer sandbox-admin" } });
});
afterEach((t) => {
  const [library = "", what = ""] = t.name.split(": ");
  if ((t as { passed?: boolean }).passed) passed.set(library, [...(passed.get(library) ?? []), what]);
});
after(() => {
  gateway.stop();
  const packages = {
    "gql.tada": "gql.tada",
    "graphql-request": "graphql-request",
    "client preset": "@graphql-codegen/client-preset",
  };
  for (const [example, name] of Object.entries(packages)) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
    console.log(JSON.stringify({ example, version, passed: passed.get(example) ?? [] }));
  }
});

test("gql.tada: types, masked fragments and scalars", async () => {
  const { account: found } = await client.request(Groups, { account, first: 3 });
  const [group] = found?.userGroups?.nodes ?? [];
  assert.ok(group);
  // @ts-expect-error Only the fragment's owner sees what is in it.
  assert.equal(typeof group.name, "string");
  const { name, createdAt } = readTada(GroupName, group);
  const shown: string | null = createdAt;
  assert.match(`${name} ${shown}`, /\S \d{4}-\d\d-\d\dT/);
  // @ts-expect-error A variable that the document requires is missing.
  await assert.rejects(client.request(Groups, { account }), /first/);
});

test("graphql-request: errors beside data", async () => {
  const query = `query ($first: Int!) { account(id: "${account}") { cloudflareId userGroups(first: $first) { nodes { id } } } }`;
  const partial = await new GraphQLClient(gateway.url, {
    headers: { authorization: "Bearer sandbox-admin" },
    errorPolicy: "all",
  }).rawRequest<{ account: { cloudflareId: string; userGroups: null } }>(query, { first: 5000 });
  assert.deepEqual(partial.data.account, { cloudflareId: account, userGroups: null });
  assert.equal(partial.errors?.[0]?.extensions?.code, "BAD_USER_INPUT");
  await assert.rejects(client.request(query, { first: 5000 }), /must be 0 to 1000/);
  const refused = new GraphQLClient(gateway.url, {
    headers: { authorization: "Bearer 0123456789012345678901234567890123456789" },
  });
  await assert.rejects(refused.request(query, { first: 1 }), ({ response }) => {
    assert.equal(response.errors[0].extensions.code, "UNAUTHENTICATED");
    return true;
  });
});

test("client preset: fragment masking and scalars", async () => {
  const { account: found } = await client.request(GroupCards, { account, first: 3 });
  const [group] = found?.userGroups?.nodes ?? [];
  assert.ok(group);
  // @ts-expect-error Only the fragment's owner sees what is in it.
  assert.equal(typeof group.name, "string");
  const { name, createdAt, policies } = readFragment(GroupCard, group);
  const shown: string | null | undefined = createdAt;
  assert.match(`${name} ${shown}`, /\S \d{4}-\d\d-\d\dT/);
  const accesses: ("ALLOW" | "DENY" | null | undefined)[] = policies?.map(({ access }) => access) ?? [];
  assert.ok(accesses.every((access) => access === "ALLOW"));
});

test("client preset: union results", async () => {
  const input = { accountId: account, name: "Night Shift" };
  const [created, refused] = [
    await client.request(CreateGroup, { input }),
    await client.request(CreateGroup, { input }),
  ].map(({ createUserGroup }) => createUserGroup);
  assert.ok(created?.__typename === "CreateUserGroupPayload" && created.userGroup);
  assert.ok(refused?.__typename === "ConflictError");
  assert.match(refused.message, /name/);
});

test("client preset: persisted documents", async () => {
  // Started with the manifest that the preset has written, the gateway takes its documents by their IDs, and no others.
  const trusting = await startGateway({ TRUSTED_DOCUMENTS: resolve("generated/persisted-documents.json") });
  try {
    const [documentId] = Object.entries<string>(
      JSON.parse(readFileSync("generated/persisted-documents.json", "utf8")),
    ).find(([, text]) => text.includes("query GroupCards")) as [string, string];
    const ask = async (body: object) => {
      const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
      return (await fetch(trusting.url, { method: "POST", headers, body: JSON.stringify(body) })).json();
    };
    const { data } = (await ask({ documentId, variables: { account, first: 2 } })) as {
      data: { account: { userGroups: { nodes: object[] } } };
    };
    assert.equal(data.account.userGroups.nodes.length, 2);
    const { errors } = (await ask({ query: "{ __typename }" })) as { errors: { extensions: { code: string } }[] };
    assert.equal(errors[0]?.extensions.code, "FORBIDDEN");
  } finally {
    trusting.stop();
  }
});
