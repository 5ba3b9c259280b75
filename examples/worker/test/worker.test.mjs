import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, test } from "node:test";
import { exampleIds } from "cloudflare-iam-graphql/sandbox";
import { deploy } from "./cloud.mjs";
import { compressedSize, startTime } from "./figures.mjs";

const fullGraph = readFileSync(
  createRequire(import.meta.url).resolve("cloudflare-iam-graphql/operations/03-full-graph.graphql"),
  "utf8",
);
const groupsOf =
  "query ($account: String!) { account(id: $account) { userGroups(first: 5) { nodes { id name members { nodes { email } } } } } }";

const passed = [];
const figures = [];
afterEach((t) => {
  if (t.passed) passed.push(t.name);
});
after(() => {
  const { version } = createRequire(import.meta.url)("workerd/package.json");
  console.log(JSON.stringify({ example: "Cloudflare Workers (workerd)", version, passed: [...passed, ...figures] }));
});

test("FullGraph in 103 calls", async () => {
  await using cloud = await deploy({ groups: 100, jitter: [2, 20] });
  const account = exampleIds(cloud.sandbox).accountId;
  const { data, errors, extensions } = await cloud.ask(fullGraph, { account });
  assert.equal(errors, undefined);
  assert.equal(data.account.userGroups.nodes.length, 100);
  assert.ok(data.account.userGroups.nodes.every(({ members }) => members.nodes.length > 0));
  assert.equal(extensions.upstream.calls, 103);
  assert.equal(cloud.sandbox.calls.length, 103);
});

test("15 bursts of 10 concurrent operations", async () => {
  await using cloud = await deploy({ groups: 30, jitter: [2, 20] });
  const account = exampleIds(cloud.sandbox).accountId;
  const began = performance.now();
  for (let burst = 0; burst < 15; burst++) {
    const query = (i) => (i % 2 === 0 ? groupsOf : `# ${burst} ${i}\n${groupsOf}`);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => cloud.ask(query(i), { account })));
    for (const { data, errors } of answers) {
      assert.equal(errors, undefined, JSON.stringify(errors));
      assert.equal(data.account.userGroups.nodes.length, 5);
    }
  }
  assert.ok(performance.now() - began < 120_000);
});

test("one quota for two isolates", async () => {
  // The sandbox counts nothing: what the isolates know of each other they know from the object.
  await using cloud = await deploy({ groups: 100, quota: false });
  const account = exampleIds(cloud.sandbox).accountId;
  const answers = [];
  for (let i = 0; i < 11; i++)
    answers.push(await cloud.ask(fullGraph, { account }, { to: i % 2 === 0 ? "one" : "two" }));
  assert.deepEqual(
    answers.slice(0, 10).map(({ errors }) => errors),
    Array(10).fill(undefined),
  );
  const [error] = answers[10].errors;
  assert.equal(error.extensions.code, "RATE_LIMITED");
  assert.equal(error.extensions.cost.limit, 1200);
  assert.ok(cloud.sandbox.calls.length <= 1080, `${cloud.sandbox.calls.length} calls`);
});

test("a write in one isolate is forgotten by the other", async () => {
  await using cloud = await deploy({ groups: 3 });
  const { accountId, userGroupId } = exampleIds(cloud.sandbox);
  const query = "query ($account: String!) { account(id: $account) { userGroups { nodes { cloudflareId name } } } }";
  const read = async (to) => {
    const { data, extensions } = await cloud.ask(
      query,
      { account: accountId },
      { to, headers: { "cache-control": "max-age=60" } },
    );
    const { name } = data.account.userGroups.nodes.find(({ cloudflareId }) => cloudflareId === userGroupId);
    return { name, calls: extensions.upstream.calls };
  };
  const before = await read("one");
  assert.ok(before.calls > 0);
  assert.deepEqual(await read("one"), { ...before, calls: 0 });
  const rename = `mutation ($input: UpdateUserGroupInput!) { updateUserGroup(input: $input) { __typename ... on MutationError { message } } }`;
  const input = { accountId, userGroupId, name: "Renamed" };
  const { data } = await cloud.ask(rename, { input }, { to: "two" });
  assert.equal(data.updateUserGroup.__typename, "UpdateUserGroupPayload");
  assert.equal((await read("one")).name, "Renamed");
});

test("service mode with Cloudflare Access", async () => {
  await using cloud = await deploy({ groups: 3 });
  const { accountId } = exampleIds(cloud.sandbox);
  const variables = { account: accountId };
  const nobody = await cloud.send({ query: groupsOf, variables }, { token: null });
  assert.equal(nobody.status, 401);
  const forged = await cloud.send(
    { query: groupsOf, variables },
    { token: `${await cloud.tokenOf("admin@acme.example")}x` },
  );
  assert.equal(forged.status, 401);
  const other = await cloud.ask(groupsOf, variables, { token: await cloud.tokenOf("somebody@acme.example") });
  assert.equal(other.errors[0].extensions.code, "FORBIDDEN");
  assert.equal(cloud.sandbox.calls.length, 0);
  assert.equal((await cloud.ask(groupsOf, variables)).errors, undefined);
});

test("limits", async () => {
  await using cloud = await deploy({ groups: 700 });
  const aliases = `{ accounts { ${Array.from({ length: 201 }, (_, i) => `a${i}: __typename`).join(" ")} } }`;
  const tooMany = await cloud.send({ query: aliases });
  assert.equal(tooMany.status, 400);
  assert.deepEqual((await tooMany.json()).errors[0].extensions.limit, {
    name: "MAX_ALIASES",
    allowed: 200,
    found: 201,
  });
  assert.equal((await cloud.send(`{"query":"${"x".repeat(1024 * 1024)}"}`)).status, 413);
  assert.equal(cloud.sandbox.calls.length, 0);
  // 700 calls at once are too many, and none of them is sent.
  const everything = await cloud.ask(fullGraph, { account: exampleIds(cloud.sandbox).accountId, groups: 700 });
  assert.ok(everything.errors.some(({ extensions }) => extensions.code === "TOO_EXPENSIVE"));
  assert.ok(cloud.sandbox.calls.length < 30, `${cloud.sandbox.calls.length} calls`);
});
test("a mutation without an answer is UNKNOWN", async () => {
  await using cloud = await deploy({ groups: 3 });
  const { accountId } = exampleIds(cloud.sandbox);
  cloud.sandbox.injectFault("POST /accounts/{account_id}/iam/user_groups", { kind: "reset", at: "head" });
  const create = `mutation ($input: CreateUserGroupInput!) {
    createUserGroup(input: $input) { __typename ... on UpstreamError { outcome } ... on MutationError { message } }
  }`;
  const { data } = await cloud.ask(create, { input: { accountId, name: "New", policies: [] } });
  assert.equal(data.createUserGroup.__typename, "UpstreamError", data.createUserGroup.message);
  assert.equal(data.createUserGroup.outcome, "UNKNOWN");
  assert.equal(cloud.sandbox.calls.filter(({ method }) => method === "POST").length, 1);
});

test("a subscription that polls for itself", async () => {
  await using cloud = await deploy({ groups: 3 });
  const { accountId } = exampleIds(cloud.sandbox);
  const connectors =
    "query ($account: String!) { account(id: $account) { ssoConnectors { nodes { id cloudflareId verification { status } } } } }";
  const { data } = await cloud.ask(connectors, { account: accountId });
  const pending = data.account.ssoConnectors.nodes.find(({ verification }) => verification.status !== "VERIFIED");
  const query = `subscription ($id: ID!) {
    ssoConnectorVerification(id: $id) { ended ssoConnector { verification { status } } }
  }`;
  const response = await cloud.send(
    { query, variables: { id: pending.id } },
    { headers: { accept: "text/event-stream" } },
  );
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const events = eventsOf(response.body);
  const first = await events.next();
  assert.equal(first.value.data.ssoConnectorVerification.ended, null, JSON.stringify(first));
  // Meanwhile other requests are answered, and end.
  assert.equal((await cloud.ask(connectors, { account: accountId })).errors, undefined);
  cloud.sandbox.verifySso(pending.cloudflareId);
  const second = await events.next();
  assert.equal(second.value.data.ssoConnectorVerification.ssoConnector.verification.status, "VERIFIED");
  assert.notEqual(second.value.data.ssoConnectorVerification.ended, null);
  assert.equal((await events.next()).done, true);
});

/** The results in a stream of server-sent events. */
async function* eventsOf(body) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, data] = /^event: next\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (data) yield JSON.parse(data);
    }
  }
}

test("of Node's modules only crypto and timers", () => {
  const imported = readFileSync("dist/index.js", "utf8").matchAll(
    /(?:from|import|require\()\s*"(node:[^"]+|undici|cloudflare:[^"]+)"/g,
  );
  const names = [...new Set(Array.from(imported, ([, name]) => name))];
  assert.deepEqual(names.toSorted(), ["node:crypto", "node:timers/promises"]);
});

test("below 500 kB compressed", () => {
  const kilobytes = compressedSize() / 1000;
  figures.push(`${Math.round(kilobytes)} kB compressed`);
  assert.ok(kilobytes < 500);
});

test("starts in less than 400 ms of CPU", { skip: process.platform !== "linux" }, async () => {
  const milliseconds = await startTime();
  figures.push(`${Math.round(milliseconds)} ms of CPU to start`);
  assert.ok(milliseconds < 400);
});
