import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a gateway process answered, and what it printed until its end. */
export interface Told {
  answer: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; extensions: Record<string, unknown> }[];
  };
  stderr: string;
}

/** Starts `src/server/main.ts` with these settings and nothing else of the environment, sends operations one by one, and ends it. */
export async function askProcess(settings: Record<string, string>, ...operations: object[]): Promise<Told[]> {
  const child = spawn(process.execPath, ["src/server/main.ts"], { env: { PORT: "0", ...settings }, stdio: "pipe" });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  const exit = once(child, "close");
  try {
    let url: string | undefined;
    while (!url) {
      await Promise.race([once(child.stdout, "data"), exit]);
      if (child.exitCode !== null) throw new Error(printed.stderr);
      url = /^GraphQL {2}(\S+)/m.exec(printed.stdout)?.[1];
    }
    const told: Told[] = [];
    for (const operation of operations) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
        body: JSON.stringify(operation),
      });
      told.push({ answer: (await response.json()) as Told["answer"], stderr: "" });
    }
    child.kill("SIGTERM");
    await exit;
    return told.map((each) => ({ ...each, stderr: printed.stderr }));
  } finally {
    child.kill("SIGKILL");
  }
}
