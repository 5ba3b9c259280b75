import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a gateway process answered, and what it printed until its end. */
export interface Told {
  answer: Answer;
  stderr: string;
}

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions: Record<string, unknown> }[];
}

/** A gateway process that listens. */
export interface GatewayProcess extends AsyncDisposable {
  readonly url: string;
  /** What it has printed so far. */
  readonly stdout: string;
  ask(operation: object, headers: Record<string, string>): Promise<Answer>;
  /** Ends it, and tells what it printed and its exit code. */
  stop(): Promise<{ stdout: string; stderr: string; code: number | null }>;
}

/** Lines of the log without their time and level, which each of them has. */
export function messages(lines: string): string {
  return lines.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]{4,5} +/gm, "");
}

/** Starts `src/server/main.ts` with these settings and nothing else of the environment. Rejects with what it printed if it ends. */
export async function startProcess(settings: Record<string, string>, ...args: string[]): Promise<GatewayProcess> {
  const child = spawn(process.execPath, ["src/server/main.ts", ...args], {
    env: { PORT: "0", ...settings },
    stdio: "pipe",
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  const exit = once(child, "close");
  let url: string | undefined;
  while (!url) {
    await Promise.race([once(child.stdout, "data"), exit]);
    if (child.exitCode !== null) throw new Error(printed.stderr);
    url = /^GraphQL {2}(\S+)/m.exec(printed.stdout)?.[1] ?? /"url":"([^"]+graphql)"/.exec(printed.stdout)?.[1];
  }
  const at = url;
  return {
    url: at,
    get stdout() {
      return printed.stdout;
    },
    ask: async (operation, headers) => {
      const body = JSON.stringify(operation);
      const response = await fetch(at, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
      return (await response.json()) as Answer;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = await exit;
      return { stdout: printed.stdout, stderr: messages(printed.stderr), code };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

/** Starts a process, sends operations one by one, and ends it. */
export async function askProcess(settings: Record<string, string>, ...operations: object[]): Promise<Told[]> {
  await using gateway = await startProcess(settings);
  const answers: Answer[] = [];
  for (const operation of operations)
    answers.push(await gateway.ask(operation, { authorization: "Bearer sandbox-admin" }));
  const { stderr } = await gateway.stop();
  return answers.map((answer) => ({ answer, stderr }));
}
