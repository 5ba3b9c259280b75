import { account } from "./gateway.ts";

/** What a frontend does with the result: nothing of it compiles if a type is not told from the others. */
export const outcome = `
import type { RenameGroupMutation } from "./graphql/graphql";
export function outcome({ updateUserGroup: result }: RenameGroupMutation): string {
  if (!result) return "no answer";
  switch (result.__typename) {
    case "UpdateUserGroupPayload":
      return result.userGroup?.name ?? "done";
    case "ConflictError":
      return result.current && "name" in result.current && result.current.name || result.message;
    default:
      return result.message;
  }
}
`;

/** A path of two parts, which Express cuts off where it mounts, and Hono unless it is told not to. */
export const mounted = `
import express from "express";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { createGateway } from "cloudflare-iam-graphql";
import { createTransport } from "cloudflare-iam-graphql/transport";
const gateway = createGateway({ transport: createTransport(), path: "/api/iam", logging: false });
const api = express.Router().use("/iam", gateway);
const server = express().use("/api", api).listen(0, "127.0.0.1");
await once(server, "listening");
const query = "/api/iam?query={__typename}";
const whole = new Hono().mount("/api", gateway.fetch, { replaceRequest: false });
const cut = new Hono().mount("/api", gateway.fetch);
for (const answer of [await fetch("http://127.0.0.1:" + (server.address() as AddressInfo).port + query), await whole.request(query)])
  console.log(answer.status, await answer.text());
console.log((await cut.request(query)).status);
server.close();
`;

/** Reads the schema by the name that the package exports. */
export const resolving = `
import { readFileSync } from "node:fs";
process.stdout.write(readFileSync(new URL(import.meta.resolve("cloudflare-iam-graphql/schema.graphql")), "utf8"));
`;

/** Asks the gateway of `transport.ts`, with the sandbox in Cloudflare's place. */
export const askTransport = `
import { createSandbox } from "cloudflare-iam-graphql/sandbox";
import { gateway } from "./transport.ts";
const { url, close } = await createSandbox().listen();
const real = fetch;
globalThis.fetch = (at, init) => real(String(at).replace("https://api.cloudflare.com/client/v4", url), init);
const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
const body = JSON.stringify({ query: "{ accounts(first: 1) { nodes { name } } }" });
console.log(await (await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body })).text());
await close();
`;

/** Renames a group that somebody else has renamed, by way of Apollo, and reads the result from caches with and without possible types. */
export const askApollo = `
import { readFileSync } from "node:fs";
import { gql, InMemoryCache } from "@apollo/client";
import { createGateway } from "cloudflare-iam-graphql";
import { createSandbox } from "cloudflare-iam-graphql/sandbox";
import { client } from "./apollo.ts";
const gateway = createGateway({ transport: createSandbox().handle });
globalThis.fetch = (url, init) => {
  const headers = { ...(init?.headers as Record<string, string>), authorization: "Bearer sandbox-admin" };
  return gateway.fetch(String(url), { ...init, headers });
};
const account = "${account}";
const groups = gql\`{ account(id: "\${account}") { userGroups(first: 1) { nodes { id revision } } } }\`;
const asked = await client.query<{ account: { userGroups: { nodes: { id: string; revision: string }[] } } }>({ query: groups });
const mutation = gql(readFileSync("src/rename.graphql", "utf8"));
const { id, revision: expectedRevision } = asked.data.account.userGroups.nodes[0];
await client.mutate<object>({ mutation, variables: { input: { userGroupId: id, name: "Early" } } });
const input = { userGroupId: id, name: "Late", expectedRevision };
const { data } = await client.mutate<object>({ mutation, variables: { input } });
console.log(JSON.stringify(data));
const query = gql(readFileSync("src/rename.graphql", "utf8").replace("mutation", "query"));
for (const cache of [client.cache, new InMemoryCache()]) {
  cache.writeQuery({ query, variables: { input }, data });
  console.log(JSON.stringify(cache.readQuery({ query, variables: { input }, returnPartialData: true })));
}
`;
