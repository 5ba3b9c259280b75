import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { serveTrustedDocuments } from "../../src/server/serve-trusted-documents.ts";
import { readSettings, SettingsError } from "../../src/server/settings.ts";
import { startProcess } from "../gateway-process.ts";
import { waitFor } from "../wait-for.ts";

let folder: string;
let TRUSTED_DOCUMENTS: string;
const logged: string[] = [];
const log = { info: (line: string) => void logged.push(line), error: (line: string) => void logged.push(line) };
const asked = { requestId: "1", anyDocument: false, logger: { info: () => {}, warn: () => {} } };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "documents-"));
  TRUSTED_DOCUMENTS = join(folder, "manifest.json");
  writeFileSync(TRUSTED_DOCUMENTS, JSON.stringify({ one: "{ one: __typename }" }));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a manifest that changes is followed, and one that breaks leaves the last good one", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const served = await serveTrustedDocuments(readSettings({ TRUSTED_DOCUMENTS }), log);
  const textOf = (documentId: string) => served.trustedDocuments.admit({ documentId } as never, asked).query;
  expect(textOf("one")).toBe("{ one: __typename }");
  writeFileSync(TRUSTED_DOCUMENTS, JSON.stringify({ two: "{ two: __typename }" }));
  vi.advanceTimersByTime(10_000);
  await waitFor(() => expect(textOf("two")).toBe("{ two: __typename }"));
  expect(() => textOf("one")).toThrow("PersistedQueryNotFound");
  writeFileSync(TRUSTED_DOCUMENTS, JSON.stringify({ three: "{" }));
  vi.advanceTimersByTime(10_000);
  await waitFor(() => expect(logged).toHaveLength(2));
  expect(textOf("two")).toBe("{ two: __typename }");
  expect(logged[1]).toContain("TRUSTED_DOCUMENTS: `three` is no GraphQL document");
  served[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("one that cannot be used is refused at the start", async () => {
  const missing = serveTrustedDocuments(readSettings({ TRUSTED_DOCUMENTS: join(folder, "none") }), log);
  await expect(missing).rejects.toThrow(new SettingsError("The file of TRUSTED_DOCUMENTS cannot be read (ENOENT)."));
  writeFileSync(TRUSTED_DOCUMENTS, JSON.stringify({ "sha256:1": "{ a }" }));
  await expect(startProcess({ TRUSTED_DOCUMENTS })).rejects.toThrow(
    "TRUSTED_DOCUMENTS: `sha256:1` is not the SHA-256 of its document.",
  );
});

test("a process runs the example operations from the manifest that is published", async () => {
  await using gateway = await startProcess({ TRUSTED_DOCUMENTS: "schema/trusted-documents.json" }, "--sandbox");
  const [documentId] = Object.keys(
    (await import("../../schema/trusted-documents.json", { with: { type: "json" } })).default,
  );
  const headers = { authorization: "Bearer sandbox-admin" };
  expect(await gateway.ask({ documentId }, headers)).toMatchObject({ data: { accounts: { totalCount: 2 } } });
  expect(await gateway.ask({ query: "{ __typename }" }, headers)).toMatchObject({
    errors: [{ extensions: { code: "FORBIDDEN" } }],
  });
});
