#!/usr/bin/env node
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTransport } from "./cloudflare/transport.ts";
import { createGateway, type GraphiQL } from "./gateway.ts";
import { createSandbox } from "./sandbox/sandbox.ts";
import { readSettings, SettingsError } from "./settings.ts";

/** `npm run dev`: the sandbox in the vendor's place, and GraphiQL ready to run. */
const dev = process.argv.includes("--sandbox");

/** The numbered stories: tabs of GraphiQL. */
async function stories(): Promise<string[]> {
  const folder = new URL("../schema/operations/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".graphql")).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
}

async function graphiql(): Promise<GraphiQL> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const headers = JSON.stringify({ Authorization: `Bearer ${dev ? "sandbox-admin" : "<API token>"}` });
  return { tabs: await stories(), headers, render: renderGraphiQL };
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const sandbox = dev ? await createSandbox().listen() : undefined;
  const baseUrl = sandbox?.url ?? settings.CLOUDFLARE_API_BASE_URL;
  const transport = createTransport();
  const gateway = createGateway({
    transport,
    baseUrl,
    graphiql: (dev || settings.GRAPHIQL) && (await graphiql()),
    logging: settings.LOG_LEVEL === "silent" ? false : settings.LOG_LEVEL,
  });

  const server = createServer((request, response) => void gateway(request, response));
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(settings.PORT, settings.HOST, resolve),
  );
  const url = `http://${settings.HOST.includes(":") ? `[${settings.HOST}]` : settings.HOST}:${(server.address() as AddressInfo).port}`;
  console.log(`GraphQL  ${url}/graphql${dev || settings.GRAPHIQL ? "  (GraphiQL in a browser)" : ""}`);
  console.log(`REST     ${baseUrl}${dev ? "  (the sandbox, from memory)" : ""}`);
  if (dev) console.log(welcome(url));

  async function drain(signal: string): Promise<void> {
    console.log(`${signal}: finishing what is under way.`);
    const closed = new Promise((resolve) => server.close(resolve));
    setTimeout(() => server.closeAllConnections(), 10_000).unref();
    await closed;
    await transport.close();
    await sandbox?.close();
  }
  process.once("SIGINT", drain);
  process.once("SIGTERM", drain);
}

function welcome(url: string): string {
  const query = '{ account(id: "023e105f4ecef8ad9ca31a8372d0c353") { name userGroups(first: 3) { nodes { name } } } }';
  return `Tokens   sandbox-admin (everything)   sandbox-reader (no writes)

A first query:

  curl ${url}/graphql -H 'Authorization: Bearer sandbox-admin' -H 'Content-Type: application/json' \\
    -d '${JSON.stringify({ query })}'
`;
}

main().catch((error: NodeJS.ErrnoException) => {
  const { PORT = "4000", HOST = "127.0.0.1" } = process.env;
  const known: Record<string, string> = {
    EADDRINUSE: `Port ${PORT} is taken. Set PORT to another one, or 0 for any that is free.`,
    EACCES: `Port ${PORT} may not be used by this user. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${HOST}. Set HOST to one it has, such as 127.0.0.1.`,
    ENOTFOUND: `There is no host ${HOST}. Set HOST to an address of this machine, such as 127.0.0.1.`,
  };
  console.error(error instanceof SettingsError ? error.message : (known[error.code ?? ""] ?? error));
  process.exitCode = 1;
});
