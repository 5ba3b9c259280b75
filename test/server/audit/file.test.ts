import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditFile, type OpenFile } from "../../../src/server/audit/file.ts";
import type { AuditRecord } from "../../../src/upstream/audit/record.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
  path = join(folder, "audit.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (id: string) => ({ id }) as AuditRecord;
const line = (id: string) => `{"id":"${id}"}\n`;
const text = (of = path) => readFileSync(of, "utf8");

/** A file of which each step is noted, and may fail. */
function watched() {
  const steps: string[] = [];
  const disk = { steps, fail: undefined as ((step: string, text: string) => string | undefined) | undefined };
  const openWatched = async (at: string): Promise<OpenFile> => {
    const file = await open(at, constants.O_APPEND | constants.O_CREAT | constants.O_RDWR);
    const step = async (name: string, written = "") => {
      steps.push(name);
      const code = disk.fail?.(name, written);
      if (code) throw Object.assign(new Error(code), { code });
    };
    return {
      stat: () => file.stat(),
      read: (...given) => file.read(...given),
      appendFile: async (written) => {
        await step("write", written).catch(async (error) => {
          // A disk that fills up takes the beginning.
          await file.appendFile(written.slice(0, written.length / 2));
          throw error;
        });
        await file.appendFile(written);
      },
      datasync: async () => {
        await step("sync");
        await file.datasync();
      },
      close: () => file.close(),
    };
  };
  return { disk, openWatched };
}

describe("a record in a file", () => {
  test("is a line of JSON, behind what was there; strangers may not read it", async () => {
    await using file = await AuditFile.open(path);
    await file.write([record("a"), record("b")]);
    expect(text()).toBe(line("a") + line("b"));
    expect(statSync(path).mode & 0o007).toBe(0);
    await using again = await AuditFile.open(path);
    await again.write([record("c")]);
    expect(text()).toBe(line("a") + line("b") + line("c"));
  });

  test("is synced before it counts as kept; those that come meanwhile share the next sync", async () => {
    const { disk, openWatched } = watched();
    await using file = await AuditFile.open(path, openWatched);
    const kept: string[] = [];
    const write = (id: string) => file.write([record(id)]).then(() => kept.push(`${id} after ${disk.steps.length}`));
    await Promise.all(["a", "b", "c", "d"].map(write));
    expect(disk.steps).toEqual(["write", "sync", "write", "sync"]);
    expect(kept).toEqual(["a after 2", "b after 4", "c after 4", "d after 4"]);
    expect(text()).toBe(["a", "b", "c", "d"].map(line).join(""));
  });
});

describe("rotation", () => {
  test("a file that was renamed is made anew, and what was written before stays in the old one", async () => {
    await using file = await AuditFile.open(path);
    await file.write([record("a")]);
    renameSync(path, `${path}.1`);
    await file.write([record("b")]);
    expect([text(`${path}.1`), text()]).toEqual([line("a"), line("b")]);
  });

  test("one that was put in its place is used, and one that was emptied in place goes on", async () => {
    await using file = await AuditFile.open(path);
    await file.write([record("a")]);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "");
    await file.write([record("b")]);
    expect(text()).toBe(line("b"));
    writeFileSync(path, "");
    await file.write([record("c")]);
    expect(text()).toBe(line("c"));
  });

  test("a folder that is gone fails the record, and one that is back does not", async () => {
    await using file = await AuditFile.open(path);
    renameSync(folder, `${folder}.moved`);
    await expect(file.write([record("a")])).rejects.toThrow("ENOENT");
    renameSync(`${folder}.moved`, folder);
    await file.write([record("b")]);
    expect(text()).toBe(line("b"));
  });
});

describe("a disk that fails", () => {
  test("when it is full, fails every record of the write, and the torn line is ended before the next", async () => {
    const { disk, openWatched } = watched();
    await using file = await AuditFile.open(path, openWatched);
    disk.fail = (step) => (step === "write" ? "ENOSPC" : undefined);
    const results = await Promise.allSettled(["a", "b", "c"].map((id) => file.write([record(id)])));
    expect(results.map((result) => (result as PromiseRejectedResult).reason.code)).toEqual(Array(3).fill("ENOSPC"));
    disk.fail = undefined;
    await file.write([record("d")]);
    const lines = text().split("\n");
    expect(lines.slice(-2)).toEqual([line("d").trim(), ""]);
    // What was torn stands alone, and no line holds two records.
    for (const each of lines.slice(0, -2)) expect(each).toMatch(/^(\{"id":"[abc]"\}|\{"[^}]*)?$/);
  });

  test("when it cannot sync, fails the record", async () => {
    const { disk, openWatched } = watched();
    await using file = await AuditFile.open(path, openWatched);
    disk.fail = (step) => (step === "sync" ? "EIO" : undefined);
    await expect(file.write([record("a")])).rejects.toThrow("EIO");
    disk.fail = undefined;
    await file.write([record("b")]);
    expect(text()).toBe(`${line("a")}\n${line("b")}`);
  });
});

test("a torn last line, of a process that died within it, is ended first", async () => {
  appendFileSync(path, '{"id":"a","mut');
  await using file = await AuditFile.open(path);
  await file.write([record("b")]);
  await file.write([record("c")]);
  expect(text()).toBe(`{"id":"a","mut\n${line("b")}${line("c")}`);
});

test.each([
  ["a directory", () => folder, "it is no file"],
  ["a device", () => "/dev/null", "it is no file"],
  ["a folder that is not there", () => join(folder, "none", "audit.jsonl"), "ENOENT"],
])("%s is refused", async (_, at, problem) => {
  await expect(AuditFile.open(at())).rejects.toThrow(problem);
});
