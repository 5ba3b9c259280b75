import { spawn } from "node:child_process";

/** Starts the gateway with the sandbox as a process, and gives the URL that it prints. */
export async function startGateway(environment: Record<string, string> = {}) {
  const child = spawn("npx", ["cloudflare-iam-graphql", "--sandbox", "--port", "0"], {
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
  const stop = () => process.kill(-(child.pid ?? 0), "SIGKILL");
  return { url, stop };
}
