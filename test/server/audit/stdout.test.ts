import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AuditStdout, type OutputThread } from "../../../src/server/audit/stdout.ts";
import type { AuditRecord } from "../../../src/upstream/audit/record.ts";
import { waitFor } from "../../wait-for.ts";

const record = (id: string) => ({ id }) as AuditRecord;

/** A thread that does nothing by itself. */
function thread() {
  const listeners = new Map<string, (given: never) => void>();
  const posted: { number: number; lines: string[] }[] = [];
  const start = (): OutputThread => ({
    postMessage: (text) => void posted.push(text),
    on: (event: string, listener: (given: never) => void) => listeners.set(event, listener),
    terminate: async () => {},
    unref: () => {},
  });
  return { start, posted, tell: (event: string, given?: object) => listeners.get(event)?.(given as never) };
}

describe("a record on standard output", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test("is kept when it was handed over", async () => {
    const { start, posted, tell } = thread();
    const log = new AuditStdout(start);
    const kept = log.write([record("a"), record("b")]);
    expect(posted).toEqual([{ number: 0, lines: ['{"id":"a"}\n', '{"id":"b"}\n'] }]);
    tell("message", { number: 0 });
    await kept;
  });

  test("fails after a second, and others at once until it is taken", async () => {
    const { start, posted, tell } = thread();
    const log = new AuditStdout(start);
    const failed = expect(log.write([record("a")])).rejects.toThrow("standard output is not read");
    vi.advanceTimersByTime(1_000);
    await failed;
    await expect(log.write([record("b")])).rejects.toThrow("standard output is not read");
    expect(posted).toHaveLength(1);
    tell("message", { number: 0 });
    const kept = log.write([record("c")]);
    tell("message", { number: 1 });
    await kept;
  });

  test("fails with what is wrong: a reader that is gone, a thread that ended; the next starts another", async () => {
    const { start, posted, tell } = thread();
    const log = new AuditStdout(start);
    const gone = expect(log.write([record("a")])).rejects.toThrow("EPIPE");
    tell("message", { number: 0, problem: "EPIPE" });
    await gone;
    const ended = expect(log.write([record("b")])).rejects.toThrow("no memory");
    tell("error", new Error("no memory"));
    await ended;
    const kept = log.write([record("c")]);
    tell("message", { number: 2 });
    await kept;
    expect(posted).toHaveLength(3);
  });
});

test("a reader that takes nothing does not stop the process, and gets whole lines when it reads again", async () => {
  const script = `
    import { AuditStdout } from "./src/server/audit/stdout.ts";
    const log = new AuditStdout();
    const records = Array.from({ length: 300 }, (_, i) => ({ id: i + "x".repeat(2000) }));
    process.on("message", async () => {
      const problem = await log.write([{ id: "last" }]).then(() => "kept", (error) => error.message);
      process.send(problem, () => process.exit());
    });
    const began = Date.now();
    let turns = 0;
    const timer = setInterval(() => turns++, 20);
    await log.write(records).catch((error) => process.send([error.message, turns > 5]));
    clearInterval(timer);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  child.stdout?.pause();
  expect(await once(child, "message")).toEqual([["standard output is not read", true], undefined]);
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  child.stdout?.resume();
  await waitFor(() => expect(printed.split("\n")).toHaveLength(301));
  child.send("go on");
  expect((await once(child, "message"))[0]).toBe("kept");
  await once(child, "close");
  const ids = printed
    .trim()
    .split("\n")
    .map((line) => Number.parseInt(JSON.parse(line).id, 10));
  expect(ids).toEqual([...Array(300).keys(), Number.NaN]);
});
