import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import { gql } from "@urql/core";
import { startGateway } from "../gateway-process.ts";
import { CreateGroup, createClient, Groups, type GroupsData, RenameGroup } from "./client.ts";

const account = "023e105f4ecef8ad9ca31a8372d0c353";
const passed: string[] = [];
let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
afterEach((t) => {
  if ((t as { passed?: boolean }).passed) passed.push(t.name);
});
after(() => {
  gateway.stop();
  const file = createRequire(import.meta.url).resolve("@urql/exchange-graphcache");
  const { version } = JSON.parse(
    readFileSync(file.replace(/exchange-graphcache.*/, "exchange-graphcache/package.json"), "utf8"),
  );
  console.log(JSON.stringify({ example: "urql with Graphcache", version, passed }));
});

/** A client, and how many requests it has sent. */
function counted() {
  const sent: string[] = [];
  const client = createClient(gateway.url, "sandbox-admin", (input, init) => {
    sent.push(String(init?.body));
    return fetch(input, init);
  });
  return { client, sent };
}

/** A list that is shown: each answer that it was given, in order. */
function mounted({ client }: ReturnType<typeof counted>, variables: object) {
  const seen: (GroupsData["account"] | undefined)[] = [];
  const { unsubscribe } = client
    .query<GroupsData>(Groups, { account, first: 5, ...variables })
    .subscribe(({ data, error }) => {
      assert.equal(error, undefined);
      seen.push(structuredClone(data?.account));
    });
  const namesOf = (list: GroupsData["account"] | undefined) => list?.userGroups.edges.map(({ node }) => node.name);
  return { seen, unsubscribe, names: () => namesOf(seen.at(-1)) };
}

const until = async (what: () => unknown) => {
  while (!what()) await new Promise((resolve) => setImmediate(resolve));
};

test("relay pagination", async () => {
  const here = counted();
  const list = mounted(here, {});
  await until(() => list.seen.length > 0);
  const after = list.seen[0]?.userGroups.pageInfo.endCursor;
  const next = await here.client.query<GroupsData>(Groups, { account, first: 5, after }).toPromise();
  const all = next.data?.account.userGroups.edges ?? [];
  assert.equal(all.length, 10);
  assert.deepEqual(all.slice(0, 5), list.seen[0]?.userGroups.edges);
  assert.equal(new Set(all.map(({ node }) => node.id)).size, 10);
  list.unsubscribe();
});

test("relay pagination of nodes", async () => {
  const { client } = counted();
  const Nodes = gql<{ account: { userGroups: { nodes: { id: string }[]; pageInfo: { endCursor: string } } } }>`
    query Nodes($account: String!, $after: String) {
      account(id: $account) { id userGroups(first: 5, after: $after) { nodes { id } pageInfo { endCursor } } }
    }`;
  const first = await client.query(Nodes, { account }).toPromise();
  const after = first.data?.account.userGroups.pageInfo.endCursor;
  const both = (await client.query(Nodes, { account, after }).toPromise()).data?.account.userGroups.nodes;
  assert.equal(both?.length, 10);
});

test("a mutation that selects less of the policies", async () => {
  const here = counted();
  const list = mounted(here, {});
  await until(() => list.seen.length > 0);
  const [group] = list.seen[0]?.userGroups.edges ?? [];
  const [requests, policies] = [here.sent.length, group?.node.policies];
  assert.ok(policies && policies.length > 0);
  await here.client.mutation(RenameGroup, { input: { userGroupId: group?.node.id, name: "Renamed" } }).toPromise();
  assert.equal(list.names()?.[0], "Renamed");
  // No answer in between was without the list or its policies, and nothing was read again.
  for (const each of list.seen) assert.deepEqual(each?.userGroups.edges[0]?.node.policies, policies);
  assert.equal(here.sent.length, requests + 1);
  list.unsubscribe();
});

test("a mutation that changes policies", async () => {
  const here = counted();
  const list = mounted(here, {});
  await until(() => list.seen.length > 0);
  const [group] = list.seen[0]?.userGroups.edges.filter(({ node }) => node.policies.length > 0) ?? [];
  const add = gql`mutation Add($input: AddUserGroupPolicyInput!) {
    addUserGroupPolicy(input: $input) {
      ... on AddUserGroupPolicyPayload { userGroup { id policies { id } } }
      ... on MutationError { message }
    }
  }`;
  const policy = {
    access: "ALLOW",
    permissionGroupLabels: ["cache_domain_purge"],
    resourceGroups: [{ scope: { account: true } }],
  };
  const { error, data } = await here.client
    .mutation(add, { input: { userGroupId: group?.node.id, policy } })
    .toPromise();
  assert.equal(error, undefined);
  assert.ok(data?.addUserGroupPolicy.userGroup, JSON.stringify(data));
  const now = () => list.seen.at(-1)?.userGroups.edges.find(({ node }) => node.id === group?.node.id)?.node.policies;
  await until(() => now()?.length === (group?.node.policies.length ?? 0) + 1);
  for (const each of list.seen) assert.equal(each?.userGroups.edges.length, list.seen[0]?.userGroups.edges.length);
  list.unsubscribe();
});

test("a new group appears in its list", async () => {
  const here = counted();
  const list = mounted(here, {});
  await until(() => list.seen.length > 0);
  const requests = here.sent.length;
  await here.client.mutation(CreateGroup, { input: { accountId: account, name: "Night Shift" } }).toPromise();
  assert.equal(list.names()?.at(-1), "Night Shift");
  assert.equal(here.sent.length, requests + 1);
  list.unsubscribe();
});

test("schema awareness", async () => {
  const here = counted();
  await here.client.query<GroupsData>(Groups, { account, first: 5 }).toPromise();
  // A field that was not read may be null: the rest is shown at once, and the query is sent.
  const more = gql<{ account: { userGroups: { edges: { node: { name: string; createdAt: string | null } }[] } } }>`
    query More($account: String!) {
      account(id: $account) { id userGroups(first: 5) { edges { cursor node { id name createdAt } } } }
    }`;
  const seen: (string | null | undefined)[] = [];
  const { unsubscribe } = here.client.query(more, { account }).subscribe(({ data, stale }) => {
    const [edge] = data?.account.userGroups.edges ?? [];
    seen.push(stale ? edge?.node.createdAt : "read");
  });
  await until(() => seen.includes("read"));
  assert.deepEqual(seen, [null, "read"]);
  unsubscribe();
});
