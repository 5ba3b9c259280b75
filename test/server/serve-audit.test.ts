import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditRecord } from "../../src/upstream/audit/record.ts";
import { account, setup } from "../gateway.ts";
import { startProcess } from "../gateway-process.ts";
import { listening } from "./raw-http.ts";

const create = (name: string) => `createUserGroup(input: { accountId: "${account}", name: "${name}" }) { __typename }`;
const query = `mutation { one: ${create("One")} }`;
const admin = { authorization: "Bearer sandbox-admin" };
const records = (text: string): AuditRecord[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["file", "stdout"])("a process keeps its records: %s", async (where) => {
  const rest = await setup().sandbox.listen();
  const AUDIT_LOG = where === "file" ? join(folder, "audit.jsonl") : where;
  await using gateway = await startProcess({ CLOUDFLARE_API_BASE_URL: rest.url, AUDIT_LOG });
  expect(await gateway.ask({ query }, admin)).toEqual({ data: { one: { __typename: "CreateUserGroupPayload" } } });
  const { stdout, code } = await gateway.stop();
  await rest.close();
  expect(records(where === "file" ? readFileSync(AUDIT_LOG, "utf8") : stdout)).toMatchObject([
    { audit: "before", mutation: "createUserGroup", ids: { account_id: account } },
    { audit: "after", outcome: "DONE" },
  ]);
  expect(code).toBe(0);
});

test("one whose file cannot be used does not start, and says what to set", async () => {
  const told = "The file of AUDIT_LOG cannot be used:";
  await expect(startProcess({ AUDIT_LOG: folder })).rejects.toThrow(`${told} it is no file. For standard output, set`);
  await expect(startProcess({ AUDIT_LOG: join(folder, "none", "audit") })).rejects.toThrow(
    `${told} it cannot be opened (ENOENT).`,
  );
});

test("one whose time to end is up within a write says UNKNOWN, and exits with 1", async () => {
  // It takes everything and answers nothing, so that each write takes CALL_TIMEOUT.
  const arrived = Promise.withResolvers<void>();
  const silent = await listening(createServer(() => arrived.resolve()));
  await using gateway = await startProcess({
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${silent.port}`,
    AUDIT_LOG: join(folder, "cut.jsonl"),
    OPERATION_TIMEOUT: "100ms",
    CALL_TIMEOUT: "400ms",
    SHUTDOWN_GRACE: "900ms",
  });
  const fields = Array.from({ length: 9 }, (_, i) => `m${i}: ${create(`Group ${i}`)}`);
  const asked = gateway.ask({ query: `mutation { ${fields.join(" ")} }` }, admin).catch(() => undefined);
  await arrived.promise;
  const { code } = await gateway.stop();
  await asked;
  await silent[Symbol.asyncDispose]();
  const told = records(readFileSync(join(folder, "cut.jsonl"), "utf8"));
  const before = told.filter(({ audit }) => audit === "before").map(({ id }) => id);
  const after = told.filter(({ audit }) => audit === "after");
  expect(code).toBe(1);
  expect(before.length).toBeLessThan(fields.length);
  expect(after.map(({ id }) => id)).toEqual(before);
  expect(new Set(after.map(({ outcome }) => outcome))).toEqual(new Set(["UNKNOWN"]));
});
