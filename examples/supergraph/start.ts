import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** Starts the gateway as a process. Gives the URLs that it prints, of GraphQL and of the REST API behind it. */
export async function startGateway(args: string[], environment: Record<string, string> = {}) {
  const child = spawn("npx", ["cloudflare-iam-graphql", "--port", "0", ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    if (/^REST .*$/m.test(printed)) break;
  }
  child.stdout.resume();
  const [, graphql = ""] = /^GraphQL +(\S+)/m.exec(printed) ?? [];
  const [, rest = ""] = /^REST +(\S+)/m.exec(printed) ?? [];
  const stop = () => process.kill(-(child.pid ?? 0), "SIGKILL");
  return { graphql, rest, stop };
}

/** Serves on a port that is free. */
export async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, stop };
}
