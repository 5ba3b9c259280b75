import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type ServedCallers, serveCallers } from "../../src/server/serve-callers.ts";
import { readSettings, SettingsError } from "../../src/server/settings.ts";
import { account, setup } from "../gateway.ts";
import { startProcess } from "../gateway-process.ts";
import { waitFor } from "../wait-for.ts";
import { audience, type Issuer, issuer, signingKey, startIssuer } from "./callers/issuer.ts";

let here: Issuer;
let folder: string;
let files: { CLOUDFLARE_API_TOKEN_FILE: string; CALLERS_FILE: string };
let jwt: Record<string, string>;

beforeAll(async () => {
  here = await startIssuer(await signingKey("key-1"));
  jwt = { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URL: here.jwksUrl };
});
afterAll(() => here[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callers-"));
  files = { CLOUDFLARE_API_TOKEN_FILE: join(folder, "token"), CALLERS_FILE: join(folder, "callers.json") };
  writeFileSync(files.CLOUDFLARE_API_TOKEN_FILE, "sandbox-admin\n");
  writeRules({ accounts: "*", access: "write" });
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeRules(rule: object): void {
  writeFileSync(files.CALLERS_FILE, JSON.stringify({ rules: [{ claims: { groups: "admins" }, ...rule }] }));
}

/** A file of rules in which one key stands twice. */
const twice = '{"rules": [{"claims": {"groups": "admins"}, "accounts": "*", "access": "read", "access": "write"}]}';

describe("files that change", () => {
  let logged: string[];
  let callers: ServedCallers;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    logged = [];
    const log = {
      info: (line: string) => void logged.push(line),
      error: (line: string) => void logged.push(`error: ${line}`),
    };
    callers = await serveCallers(readSettings({ ...files, ...jwt }), {}, log);
  });
  afterEach(async () => {
    await callers.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const caller = async () =>
    callers.authenticate(new Headers({ authorization: `Bearer ${await here.token({ groups: ["admins"] })}` }));

  test("are followed: the token, and the rules", async () => {
    const before = await caller();
    expect(before).toMatchObject({ credential: { token: "sandbox-admin" }, rights: new Map([["*", "write"]]) });
    writeFileSync(files.CLOUDFLARE_API_TOKEN_FILE, "sandbox-admin-2");
    writeRules({ accounts: [account], access: "read" });
    vi.advanceTimersByTime(10_000);
    await waitFor(async () =>
      expect(await caller()).toMatchObject({
        credential: { token: "sandbox-admin-2" },
        rights: new Map([[account, "read"]]),
      }),
    );
    // An operation keeps what it began with.
    expect(before).toMatchObject({ credential: { token: "sandbox-admin" }, rights: new Map([["*", "write"]]) });
  });

  test("and are not where a key stands twice: the last good ones stay, and the log says where", async () => {
    writeFileSync(files.CALLERS_FILE, twice);
    vi.advanceTimersByTime(10_000);
    await waitFor(() => expect(logged).toHaveLength(1));
    expect(await caller()).toMatchObject({ rights: new Map([["*", "write"]]) });
    expect(logged[0]).toBe(
      'error: CALLERS_FILE: `rules.0` has the key "access" twice, again at line 1, column 80.\nThe last good content of CALLERS_FILE is used.',
    );
  });

  test("and are not where they are broken: the last good ones stay, and the log says so without the secret", async () => {
    writeFileSync(files.CLOUDFLARE_API_TOKEN_FILE, "s3cret with spaces");
    writeFileSync(files.CALLERS_FILE, '{"rules":[{}]}');
    vi.advanceTimersByTime(10_000);
    await waitFor(() => expect(logged).toHaveLength(2));
    expect(await caller()).toMatchObject({
      credential: { token: "sandbox-admin" },
      rights: new Map([["*", "write"]]),
    });
    expect(logged.toSorted()).toEqual([
      [
        "error: CALLERS_FILE: `rules.0.claims` is missing; it must be an object of claims.",
        'CALLERS_FILE: `rules.0.accounts` is missing; it must be a list of account IDs, or "*" for all accounts.',
        "CALLERS_FILE: `rules.0.access` is missing; it must be read or write.",
        "The last good content of CALLERS_FILE is used.",
      ].join("\n"),
      [
        "error: The token in the file of CLOUDFLARE_API_TOKEN_FILE has characters that none has, such as a space.",
        "The last good content of CLOUDFLARE_API_TOKEN_FILE is used.",
      ].join("\n"),
    ]);
  });
});

describe("at the start", () => {
  const refusal = (environment: Record<string, string>) =>
    serveCallers(readSettings({ ...jwt, ...environment }), {}, { info: () => {}, error: () => {} }).then(
      () => "started",
      (error) => (error instanceof SettingsError ? error.message : error),
    );

  test("a file that is not there is refused, and its path is not repeated: it may be the token", async () => {
    expect(await refusal({ ...files, CLOUDFLARE_API_TOKEN_FILE: "s3cret" })).toBe(
      "The file of CLOUDFLARE_API_TOKEN_FILE cannot be read (ENOENT).",
    );
    expect(await refusal({ ...files, CALLERS_FILE: join(folder, "none") })).toBe(
      "The file of CALLERS_FILE cannot be read (ENOENT).",
    );
  });

  test("an empty token and broken rules are refused", async () => {
    writeFileSync(files.CLOUDFLARE_API_TOKEN_FILE, "\n");
    expect(await refusal(files)).toBe("The token in the file of CLOUDFLARE_API_TOKEN_FILE is empty.");
    writeFileSync(files.CALLERS_FILE, twice);
    expect(await refusal({ CALLERS_FILE: files.CALLERS_FILE, CLOUDFLARE_API_TOKEN: "sandbox-admin" })).toBe(
      'CALLERS_FILE: `rules.0` has the key "access" twice, again at line 1, column 80.',
    );
    writeFileSync(files.CALLERS_FILE, "sandbox-admin");
    expect(await refusal({ CALLERS_FILE: files.CALLERS_FILE, CLOUDFLARE_API_TOKEN: "sandbox-admin" })).toBe(
      "CALLERS_FILE is not JSON.",
    );
  });

  test("without rules nobody may do anything, and the log says so", async () => {
    const error = vi.fn();
    const callers = await serveCallers(
      readSettings({ CLOUDFLARE_API_TOKEN: "sandbox-admin", ...jwt }),
      {},
      { info: error, error },
    );
    const headers = new Headers({ authorization: `Bearer ${await here.token({ groups: ["admins"] })}` });
    expect((await callers.authenticate(headers)).rights).toEqual(new Map());
    expect(error.mock.calls).toEqual([["CALLERS_FILE is not set: no caller has access to any account."]]);
    await callers.close();
  });
});

describe("a process", () => {
  const query = `{ account(id: "${account}") { name } }`;

  test("serves callers with its token, and prints no secret", async () => {
    const { sandbox } = setup();
    const rest = await sandbox.listen();
    const settings = { CLOUDFLARE_API_BASE_URL: rest.url, LOG_LEVEL: "debug", ...files, ...jwt };
    await using gateway = await startProcess(settings);
    const token = await here.token({ groups: ["admins"] });
    expect(await gateway.ask({ query }, { authorization: `Bearer ${token}` })).toMatchObject({
      data: { account: { name: "Acme" } },
    });
    expect(await gateway.ask({ query }, { authorization: "Bearer sandbox-admin" })).toMatchObject({
      errors: [{ message: "The token is not a signed JWT.", extensions: { code: "UNAUTHENTICATED" } }],
    });
    const { stdout, stderr } = await gateway.stop();
    await rest.close();
    expect(stdout + stderr).toContain("401");
    expect(stdout + stderr).not.toContain("sandbox-admin");
    for (const part of token.split(".")) expect(stdout + stderr).not.toContain(part);
  });

  test("with a token alone does not start, and says how to go on", async () => {
    const starting = startProcess({ CLOUDFLARE_API_TOKEN: "s3cret-token" });
    await expect(starting).rejects.toThrow("CLOUDFLARE_API_TOKEN is set, but nothing says who may use it. Unset it");
    await expect(starting).rejects.not.toThrow("s3cret-token");
  });

  test("with the sandbox ignores the token", async () => {
    await using gateway = await startProcess({ CLOUDFLARE_API_TOKEN: "s3cret-token" }, "--sandbox");
    expect(await gateway.ask({ query }, { authorization: "Bearer sandbox-admin" })).toMatchObject({
      data: { account: { name: "Acme" } },
    });
  });
});
