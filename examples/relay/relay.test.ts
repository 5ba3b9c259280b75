import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import {
  commitMutation,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  type GraphQLTaggedNode,
  getSingularSelector,
  type MutationParameters,
} from "relay-runtime";
import { startGateway } from "../gateway-process.ts";
import { createEnvironment } from "./client.ts";
import CreateGroup, {
  type operationsCreateGroupMutation,
} from "./src/__generated__/operationsCreateGroupMutation.graphql.ts";
import DeleteGroup, {
  type operationsDeleteGroupMutation,
} from "./src/__generated__/operationsDeleteGroupMutation.graphql.ts";
import GroupsFragment, {
  type operationsGroups_account$data,
} from "./src/__generated__/operationsGroups_account.graphql.ts";
import PaginationQuery, {
  type operationsGroupsPaginationQuery,
} from "./src/__generated__/operationsGroupsPaginationQuery.graphql.ts";
import GroupsQuery, { type operationsGroupsQuery } from "./src/__generated__/operationsGroupsQuery.graphql.ts";
import MembersQuery, { type operationsMembersQuery } from "./src/__generated__/operationsMembersQuery.graphql.ts";

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
  const { version } = createRequire(import.meta.url)("relay-runtime/package.json");
  console.log(JSON.stringify({ example: "Relay", version, passed }));
});

const tag = (artifact: unknown) => artifact as GraphQLTaggedNode;

/** The list as a component has it that was given the fragment of the query. */
function groupsOf(environment: Environment): operationsGroups_account$data {
  const request = createOperationDescriptor(GroupsQuery, { account });
  const { data } = environment.lookup(request.fragment);
  const selector = getSingularSelector(GroupsFragment, (data as operationsGroupsQuery["response"]).account);
  assert.ok(selector);
  return environment.lookup(selector).data as unknown as operationsGroups_account$data;
}

const names = (environment: Environment) => groupsOf(environment).userGroups.edges.map(({ node }) => node.name);

async function withGroups() {
  const environment = createEnvironment(gateway.url, "sandbox-admin");
  await fetchQuery<operationsGroupsQuery>(environment, tag(GroupsQuery), { account }).toPromise();
  environment.retain(createOperationDescriptor(GroupsQuery, { account }));
  return environment;
}

function mutate<M extends MutationParameters>(environment: Environment, mutation: unknown, variables: M["variables"]) {
  return new Promise<M["response"]>((resolve, reject) => {
    commitMutation<M>(environment, { mutation: tag(mutation), variables, onCompleted: resolve, onError: reject });
  });
}

test("@connection and @refetchable", async () => {
  const environment = await withGroups();
  const first = names(environment);
  assert.equal(first.length, 5);
  const { id } = groupsOf(environment);
  // The compiler selects it for the next page.
  const { pageInfo } = groupsOf(environment).userGroups as unknown as { pageInfo: { endCursor: string } };
  const page = { id, count: 5, cursor: pageInfo.endCursor };
  await fetchQuery<operationsGroupsPaginationQuery>(environment, tag(PaginationQuery), page).toPromise();
  const both = names(environment);
  assert.equal(new Set(both).size, 10);
  assert.deepEqual(both.slice(0, 5), first);
});

test("@appendEdge and @deleteEdge", async () => {
  const environment = await withGroups();
  const before = names(environment);
  const connections = [groupsOf(environment).userGroups.__id];
  const created = await mutate<operationsCreateGroupMutation>(environment, CreateGroup, {
    input: { accountId: account, name: "Night Shift" },
    connections,
  });
  assert.equal(created.createUserGroup?.__typename, "CreateUserGroupPayload");
  assert.deepEqual(names(environment), [...before, "Night Shift"]);
  const userGroupId = groupsOf(environment).userGroups.edges.at(-1)?.node.id ?? "";
  await mutate<operationsDeleteGroupMutation>(environment, DeleteGroup, { input: { userGroupId }, connections });
  assert.deepEqual(names(environment), before);
});

test("@catch", async () => {
  const environment = await withGroups();
  const [group] = groupsOf(environment).userGroups.edges;
  const ask = (first: number) =>
    fetchQuery<operationsMembersQuery>(environment, tag(MembersQuery), {
      group: group?.node.id ?? "",
      first,
    }).toPromise();
  const fine = await ask(5);
  assert.equal(fine?.node?.members?.ok, true);
  const failed = await ask(5000);
  assert.equal(failed?.node?.name, group?.node.name);
  assert.equal(failed?.node?.members?.ok, false);
});

test("types without null from @semanticNonNull", () => {
  // The compiler has made them of the schema in the package.
  const types = readFileSync("src/__generated__/operationsGroups_account.graphql.ts", "utf8");
  assert.match(
    types,
    /readonly edges: ReadonlyArray<\{\s+readonly node: \{\s+readonly id: string;\s+readonly name: string;/,
  );
  assert.match(types, /readonly policies: ReadonlyArray<\{\s+readonly id: string;\s+\}>;/);
});
