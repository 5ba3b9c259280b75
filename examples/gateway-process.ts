import { spawn } from "node:child_process";

/**
 * Starts the gateway of the packed package as a process, beside its sandbox unless `args` say otherwise. Gives the URLs that it prints, of
 * GraphQL and of the REST API behind it.
 */
export async function startGateway(environment: Record<string, string> = {}, args = ["--sandbox"]) {
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
  const [, url = ""] = /^GraphQL +(\S+)/m.exec(printed) ?? [];
  const [, rest = ""] = /^REST +(\S+)/m.exec(printed) ?? [];
  if (!url) throw new Error(`The gateway ended, having printed: ${printed}`);
  const stop = () => process.kill(-(child.pid ?? 0), "SIGKILL");
  return { url, rest, stop };
}
