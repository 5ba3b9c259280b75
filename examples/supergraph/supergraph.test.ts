import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { composeServices } from "@theguild/federation-composition";
import { parse, visit } from "graphql";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { startGateway } from "../gateway-process.ts";
import { compose } from "./compose.ts";
import { listen } from "./listen.ts";
import { createProjects } from "./projects.ts";
import { createRouter } from "./router.ts";

const acme = "023e105f4ecef8ad9ca31a8372d0c353";
const admin = { authorization: "Bearer sandbox-admin" };
const stops: (() => void)[] = [];
const passed: string[] = [];

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: each query has a shape of its own
  data?: any;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
  extensions?: { upstream?: { calls: number; planned: object } };
}

async function ask(url: string, query: string, headers: object = {}, variables: object = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** A router in front of a gateway and of the projects, and what both subgraphs were sent. */
async function startRouter(iam: string, projects: string) {
  const router = createRouter(compose(iam, projects));
  const { url, stop } = await listen(router as never);
  stops.push(stop, () => void router.dispose());
  return url;
}

let iam: Awaited<ReturnType<typeof startGateway>>;
let projectsUrl: string;
let url: string;
let groups: { id: string; cloudflareId: string; name: string }[];
/** Headers of the requests to the projects. */
const seenByProjects: NodeJS.Dict<string | string[]>[] = [];

before(async () => {
  iam = await startGateway({ FEDERATION: "true" });
  stops.push(iam.stop);
  const all = `{ account(id: "${acme}") { userGroups(first: 100) { nodes { id cloudflareId name } } } }`;
  groups = (await ask(iam.url, all, admin)).data.account.userGroups.nodes;
  const projects = createProjects(groups.map(({ cloudflareId }) => cloudflareId));
  const served = await listen((request, response) => {
    seenByProjects.push(request.headers);
    void projects(request, response);
  });
  stops.push(served.stop);
  projectsUrl = served.url;
  url = await startRouter(iam.url, projectsUrl);
});

afterEach((t) => {
  if ((t as { passed?: boolean }).passed) passed.push(t.name);
});
after(() => {
  for (const stop of stops) stop();
  const manifest = import.meta.resolve("@graphql-hive/gateway-runtime/package.json");
  const { version } = JSON.parse(readFileSync(fileURLToPath(manifest), "utf8"));
  console.log(JSON.stringify({ example: "Supergraph (Hive gateway)", version, passed }));
});

test("published SDL", async () => {
  const { data } = await ask(iam.url, "{ _service { sdl } }", admin);
  const published = fileURLToPath(import.meta.resolve("cloudflare-iam-graphql/schema.subgraph.graphql"));
  assert.ok(data._service.sdl === readFileSync(published, "utf8"));
});

test("one query of both subgraphs with the caller's credential", async () => {
  const query = "{ projects(first: 3) { nodes { name account { name } owners { name } } pageInfo { hasNextPage } } }";
  const { data, errors } = await ask(url, query, admin);
  assert.equal(errors, undefined);
  assert.deepEqual(
    data.projects.nodes,
    groups.slice(0, 3).map(({ name }, i) => ({ name: `Project ${i}`, account: { name: "Acme" }, owners: [{ name }] })),
  );
  assert.equal(
    seenByProjects.some((headers) => headers.authorization),
    false,
  );
});

test("fields of another subgraph beside inputs with @oneOf", async () => {
  const query = `{ account(id: "${acme}") {
    name
    projects { name }
    whoCan(permission: { name: "Cache Domain Purge" }, on: { account: true }, first: 1) { totalCount }
  } }`;
  const { data, errors } = await ask(url, query, admin);
  assert.equal(errors, undefined);
  assert.equal(data.account.name, "Acme");
  assert.equal(data.account.projects.length, groups.length);
  assert.ok(data.account.whoCan.totalCount > 0);
});

test("rejected credentials", async () => {
  const query = "{ projects(first: 1) { nodes { name owners { name } } } }";
  for (const headers of [{}, { authorization: "Bearer 0123456789012345678901234567890123456789" }]) {
    const { data, errors } = await ask(url, query, headers);
    assert.equal(errors?.[0]?.extensions?.code, "UNAUTHENTICATED");
    assert.deepEqual(data.projects.nodes[0].owners, [{ name: null }]);
  }
});

test("another subgraph that has Query.node", () => {
  const file = fileURLToPath(import.meta.resolve("cloudflare-iam-graphql/schema.subgraph.graphql"));
  const own = parse(readFileSync(file, "utf8"), { noLocation: true });
  // The two lines that README says to delete.
  const without = visit(own, {
    ObjectTypeDefinition: (type) => (type.name.value === "Query" ? undefined : false),
    FieldDefinition: (field) => (/^nodes?$/.test(field.name.value) ? null : undefined),
  });
  const other = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
    type Query { node(id: ID!): Node }
    interface Node { id: ID! }
    type Ticket implements Node @key(fields: "id") { id: ID! }`);
  const errorsOf = (typeDefs: typeof own) =>
    composeServices([
      { name: "iam", url: "http://iam", typeDefs },
      { name: "tickets", url: "http://tickets", typeDefs: other },
    ]).errors;
  assert.match(errorsOf(own)?.[0]?.message ?? "", /Query\.node/);
  assert.equal(errorsOf(without), undefined);
});

test("100 representations at the cost of nodes", async () => {
  const ids = Array.from({ length: 100 }, (_, i) => groups[i % groups.length]?.id);
  const representations = ids.map((id) => ({ __typename: "UserGroup", id }));
  const entities = await ask(
    iam.url,
    "query ($representations: [_Any!]!) { all: _entities(representations: $representations) { ... on UserGroup { name } } }",
    admin,
    { representations },
  );
  const nodes = await ask(
    iam.url,
    "query ($ids: [ID!]!) { all: nodes(ids: $ids) { ... on UserGroup { name } } }",
    admin,
    { ids },
  );
  assert.deepEqual(entities.data, nodes.data);
  assert.equal(entities.extensions?.upstream?.calls, nodes.extensions?.upstream?.calls);
  assert.deepEqual(entities.extensions?.upstream?.planned, nodes.extensions?.upstream?.planned);
});

test("account check of service mode", async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" };
  const keys = await listen((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
  });
  const folder = mkdtempSync(join(tmpdir(), "callers-"));
  stops.push(keys.stop, () => rmSync(folder, { recursive: true }));
  const rules = [{ claims: { groups: "auditors" }, accounts: [acme], access: "read" }];
  writeFileSync(join(folder, "callers.json"), JSON.stringify({ rules }));
  const gateway = await startGateway(
    {
      FEDERATION: "true",
      CLOUDFLARE_API_BASE_URL: iam.rest,
      CLOUDFLARE_API_TOKEN: "sandbox-admin",
      CALLERS_FILE: join(folder, "callers.json"),
      JWT_ISSUER: "https://login.example.com/",
      JWT_AUDIENCE: "iam",
      JWT_JWKS_URL: keys.url,
    },
    [],
  );
  stops.push(gateway.stop);
  const routed = await startRouter(gateway.url, projectsUrl);
  const tokenOf = (claims: object) =>
    new SignJWT({ sub: "ada", ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer("https://login.example.com/")
      .setAudience("iam")
      .setExpirationTime("1m")
      .sign(privateKey);
  const query = "{ projects(first: 1) { nodes { name account { name } owners { name } } } }";
  const [auditor, stranger] = [await tokenOf({ groups: ["auditors"] }), await tokenOf({ groups: ["others"] })];
  const allowed = await ask(routed, query, { authorization: `Bearer ${auditor}` });
  assert.equal(allowed.errors, undefined);
  assert.deepEqual(allowed.data.projects.nodes, [
    { name: "Project 0", account: { name: "Acme" }, owners: [{ name: groups[0]?.name }] },
  ]);
  const refused = await ask(routed, query, { authorization: `Bearer ${stranger}` });
  assert.deepEqual(new Set(refused.errors?.map(({ extensions }) => extensions?.code)), new Set(["FORBIDDEN"]));
  assert.deepEqual(refused.data.projects.nodes, [
    { name: "Project 0", account: { name: null }, owners: [{ name: null }] },
  ]);
  const write = `mutation { createUserGroup(input: { accountId: "${acme}", name: "Night Shift" }) { __typename } }`;
  const written = await ask(routed, write, { authorization: `Bearer ${auditor}` });
  assert.equal(written.errors?.[0]?.extensions?.code, "FORBIDDEN");
});
