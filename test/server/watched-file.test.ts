import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WatchedFile } from "../../src/server/watched-file.ts";
import { waitFor } from "../wait-for.ts";

let folder: string;
let path: string;
let logged: string[];
let file: WatchedFile<number>;

const log = {
  info: (line: string) => void logged.push(`info: ${line}`),
  error: (line: string) => void logged.push(`error: ${line}`),
};

function parse(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error("NUMBER_FILE is no number.");
  return Number(text);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "watched-"));
  path = join(folder, "file");
  writeFileSync(path, "1");
  logged = [];
  file = await WatchedFile.open({ name: "NUMBER_FILE", path, parse, log });
});
afterEach(() => {
  file[Symbol.dispose]();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test("a file that has changed is read again", async () => {
  await file.look();
  expect(logged).toEqual([]);
  writeFileSync(path, "2");
  await file.look();
  expect(file.value).toBe(2);
  expect(logged).toEqual(["info: NUMBER_FILE has changed and was read again."]);
});

test("one behind a link that points elsewhere now, as Kubernetes mounts secrets", async () => {
  const [link, old, young] = ["link", "old", "young"].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(old, "1");
  writeFileSync(young, "3");
  symlinkSync(old, link);
  using linked = await WatchedFile.open({ name: "NUMBER_FILE", path: link, parse, log });
  symlinkSync(young, join(folder, "new link"));
  renameSync(join(folder, "new link"), link);
  await linked.look();
  expect(linked.value).toBe(3);
});

test("a broken one keeps the last good value, and is logged once until it changes", async () => {
  writeFileSync(path, "x");
  for (let i = 0; i < 3; i++) await file.look();
  expect(file.value).toBe(1);
  unlinkSync(path);
  for (let i = 0; i < 3; i++) await file.look();
  expect(file.value).toBe(1);
  writeFileSync(path, "1");
  for (let i = 0; i < 3; i++) await file.look();
  writeFileSync(path, "x");
  await file.look();
  expect(logged).toEqual([
    "error: NUMBER_FILE is no number.\nThe last good content of NUMBER_FILE is used.",
    "error: The file of NUMBER_FILE cannot be read (ENOENT).\nThe last good content of NUMBER_FILE is used.",
    "info: NUMBER_FILE is as it was before.",
    "error: NUMBER_FILE is no number.\nThe last good content of NUMBER_FILE is used.",
  ]);
});

test("it is looked at every ten seconds, until it is disposed", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const watched = await WatchedFile.open({ name: "NUMBER_FILE", path, parse, log });
  writeFileSync(path, "4");
  vi.advanceTimersByTime(9_999);
  expect(vi.getTimerCount()).toBe(1);
  expect(watched.value).toBe(1);
  vi.advanceTimersByTime(1);
  await waitFor(() => expect(watched.value).toBe(4));
  watched[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
});

test("without a good one there is none", async () => {
  writeFileSync(path, "x");
  await expect(WatchedFile.open({ name: "NUMBER_FILE", path, parse, log })).rejects.toThrow(
    "NUMBER_FILE is no number.",
  );
  await expect(WatchedFile.open({ name: "NUMBER_FILE", path: folder, parse, log })).rejects.toThrow(
    "The file of NUMBER_FILE cannot be read (EISDIR).",
  );
});
