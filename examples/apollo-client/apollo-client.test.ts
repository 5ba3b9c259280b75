import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { type ApolloClient, gql, type ObservableQuery, version } from "@apollo/client";
import { print } from "@apollo/client/utilities";
import { filter, firstValueFrom } from "rxjs";
import { startGateway } from "../gateway-process.ts";
import { CreateGroup, createClient, createGroup, GroupEdges, Groups } from "./client.ts";

const account = "023e105f4ecef8ad9ca31a8372d0c353";
const stops: (() => void)[] = [];
const passed: string[] = [];
let url: string;

before(async () => {
  const gateway = await startGateway();
  stops.push(gateway.stop);
  url = gateway.url;
});
afterEach((t) => {
  if ((t as { passed?: boolean }).passed) passed.push(t.name);
});
after(() => {
  for (const stop of stops) stop();
  console.log(JSON.stringify({ example: "Apollo Client", version, passed }));
});

interface Page {
  nodes?: { id: string; name: string }[];
  edges?: { cursor: string; node: { name: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}
interface Data {
  account: { id: string; userGroups: Page };
}

const loaded = (list: ObservableQuery<Data>) =>
  firstValueFrom(list.pipe(filter(({ dataState }) => dataState === "complete"))).then(({ data }) => data as Data);

/** A client, and how many requests it has sent. */
function counted(token = "sandbox-admin", to = url) {
  const sent: { query?: string; extensions?: object }[] = [];
  const client = createClient(to, token, (input, init) => {
    sent.push(JSON.parse(String(init?.body)));
    return fetch(input, init);
  });
  return { client, sent };
}

const shown = (client: ApolloClient, query = Groups) =>
  client.readQuery<Data>({ query, variables: { account, first: 5 } })?.account.userGroups;

for (const [how, query] of [
  ["nodes", Groups],
  ["edges", GroupEdges],
] as const) {
  test(`pages by ${how}`, async () => {
    const { client } = counted();
    const list = client.watchQuery<Data>({ query, variables: { account, first: 5 } });
    const first = (await loaded(list)).account.userGroups;
    assert.equal(first?.[how]?.length, 5);
    await list.fetchMore({ variables: { after: first?.pageInfo.endCursor } });
    await list.fetchMore({ variables: { after: shown(client, query)?.pageInfo.endCursor } });
    const all = shown(client, query)?.[how] ?? [];
    assert.equal(all.length, 15);
    assert.deepEqual(all.slice(0, 5), first?.[how]);
    assert.equal(new Set(all.map((each) => JSON.stringify(each))).size, 15);
  });
}

test("normalised cache", async () => {
  const { client, sent } = counted();
  await client.query({ query: Groups, variables: { account, first: 5 } });
  const [group] = shown(client)?.nodes ?? [];
  const rename = gql`mutation Rename($input: UpdateUserGroupInput!) {
    updateUserGroup(input: $input) { ... on UpdateUserGroupPayload { userGroup { id name } } }
  }`;
  await client.mutate({ mutation: rename, variables: { input: { userGroupId: group?.id, name: "Renamed" } } });
  assert.equal(shown(client)?.nodes?.[0]?.name, "Renamed");
  const requests = sent.length;
  await client.query({ query: Groups, variables: { account, first: 5 } });
  assert.equal(sent.length, requests);
  // What was read as nodes has no cursors: it is read again, and not told wrong.
  await client.query({ query: GroupEdges, variables: { account, first: 5 } });
  assert.ok(sent.length > requests);
});

test("union result", async () => {
  const { client } = counted();
  const invalid = await createGroup(client, "", { accountId: account, name: " " });
  assert.equal(invalid.data?.createUserGroup.__typename, "InvalidInputError");
  assert.match(invalid.data?.createUserGroup.message ?? "", /name/);
  const { client: reader } = counted("sandbox-reader");
  const refused = await createGroup(reader, "", { accountId: account, name: "Night Shift" });
  assert.equal(refused.data?.createUserGroup.__typename, "PermissionDeniedError");
});

test("a new group appears in its list", async () => {
  const { client } = counted();
  const list = client.watchQuery<Data>({ query: Groups, variables: { account, first: 5 } });
  const seen: string[][] = [];
  const subscription = list.subscribe(({ data }) => {
    if (data?.account?.userGroups?.nodes)
      seen.push(data.account.userGroups.nodes.map((node) => node?.name ?? "") as string[]);
  });
  const before = (await loaded(list)).account;
  await createGroup(client, before.id, { accountId: account, name: "Night Shift" });
  assert.deepEqual(seen.at(-1), [...(before.userGroups.nodes ?? []).map(({ name }) => name), "Night Shift"]);
  subscription.unsubscribe();
});

test("persisted queries", async () => {
  // A gateway that keeps none: the client falls back to the document, once.
  const { client, sent } = counted();
  await client.query({ query: Groups, variables: { account, first: 2 } });
  assert.deepEqual(
    sent.map(({ query }) => query !== undefined),
    [false, true],
  );
  await client.query({ query: Groups, variables: { account, first: 2 }, fetchPolicy: "network-only" });
  assert.deepEqual(
    sent.map(({ query }) => query !== undefined),
    [false, true, true],
  );

  // A gateway that takes trusted documents only: by their hash, and no others.
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  stops.push(() => rmSync(folder, { recursive: true }));
  const documents = [Groups, CreateGroup].map((document) => {
    const text = print(client.cache.transformDocument(document));
    return [`sha256:${createHash("sha256").update(text).digest("hex")}`, text];
  });
  writeFileSync(join(folder, "documents.json"), JSON.stringify(Object.fromEntries(documents)));
  const trusting = await startGateway({ TRUSTED_DOCUMENTS: join(folder, "documents.json") });
  stops.push(trusting.stop);
  const trusted = counted("sandbox-admin", trusting.url);
  const { data } = await trusted.client.query<Data>({ query: Groups, variables: { account, first: 2 } });
  assert.equal(data?.account.userGroups.nodes?.length, 2);
  assert.deepEqual(
    trusted.sent.map(({ query }) => query),
    [undefined],
  );
  await assert.rejects(trusted.client.query({ query: GroupEdges, variables: { account, first: 2 } }));
});
