import { describe } from "vitest";
import type { Transport } from "../../src/cloudflare/transport.ts";
import type { AuditRecord } from "../../src/upstream/audit/record.ts";
import { Audit, type AuditLog, type AuditOptions } from "../../src/upstream/audit.ts";
import { budgetKey } from "../../src/upstream/budget.ts";
import { deferredTransport } from "../deferred-transport.ts";
import { account, authenticate, expect, setup, test } from "../gateway.ts";
import { groupNamed, people, policy } from "../graph/mutations/mutation.ts";

const groups = "POST /accounts/{account_id}/iam/user_groups";
const create = (name: string) => `createUserGroup(input: { accountId: "${account}", name: "${name}" }) { ...R }`;
const selected = `
  fragment R on CreateUserGroupResult {
    __typename ... on CreateUserGroupPayload { userGroup { cloudflareId } } ... on UpstreamError { outcome message }
  }`;
const one = `mutation { a: ${create("One")} } ${selected}`;
const two = `mutation { a: ${create("One")} b: ${create("Two")} } ${selected}`;
const notSent = {
  __typename: "UpstreamError",
  outcome: "NOT_SENT",
  message: `${groups} was not sent: its line in the audit log could not be written. Nothing was sent.`,
};

/** A log in memory that can be full. */
class Memory implements AuditLog {
  readonly records: AuditRecord[] = [];
  /** Rejects these from now on. */
  full: (record: AuditRecord) => boolean = () => false;

  async write(records: readonly AuditRecord[]): Promise<void> {
    if (records.some(this.full)) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    this.records.push(...records);
  }

  /** What was kept, in short. */
  get told(): string[] {
    return this.records.map(({ audit, route, outcome }) => [audit, route.split(" ")[0], outcome].join(" ").trim());
  }
}

function audited(transport?: Transport, options: AuditOptions = {}, to: AuditLog = new Memory()) {
  const logged: string[] = [];
  const audit = new Audit(to, { logger: (line) => void logged.push(line), ...options });
  return { ...setup({}, transport && (() => transport), { audit }), audit, log: to as Memory, logged };
}

describe("a record before and after each write", () => {
  test("tells who, what, which ids and what became of it; a read has none", async () => {
    const { run, log, logged } = audited();
    const { data } = await run(one, {}, { authorization: "Bearer sandbox-admin", "x-request-id": "request-7" });
    const resultId = (data as never as { a: { userGroup: { cloudflareId: string } } }).a.userGroup.cloudflareId;
    const both = {
      time: expect.stringMatching(/^20.*Z$/),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      mutation: "createUserGroup",
      write: 1,
      caller: budgetKey({ token: "sandbox-admin" }),
      requestId: "request-7",
      route: groups,
      ids: { account_id: account },
    };
    const rayId = expect.stringMatching(/^\S+$/);
    expect(log.records).toEqual([
      { audit: "before", ...both },
      { audit: "after", ...both, outcome: "DONE", status: 200, rayId, resultId },
    ]);
    await run(`{ account(id: "${account}") { name } }`);
    expect(log.records).toHaveLength(2);
    expect(logged).toEqual([]);
  });

  test("names the IDs in a body, and nothing else of it", async () => {
    const { run, log } = audited();
    const input = { accountId: account, name: "ada@example.com", policies: [policy] };
    const { errors } = await run(
      "mutation ($input: CreateUserGroupInput!) { createUserGroup(input: $input) { __typename } }",
      { input },
    );
    expect(errors).toBeUndefined();
    const [before] = log.records;
    expect(before?.ids).toEqual({
      account_id: account,
      permission_groups: policy.permissionGroupIds,
      scope: [`com.cloudflare.api.account.${account}`],
      objects: ["*"],
    });
    expect(JSON.stringify(log.records)).not.toContain("ada@");
  });

  test("carries the ID of its mutation: one for each field", async () => {
    const { run, log, sandbox } = audited();
    const { id } = groupNamed(sandbox, "Security");
    const [newcomer] = people(sandbox, 0);
    const add = `addUserGroupMembers(input: { accountId: "${account}", userGroupId: "${id}", memberIds: ["${newcomer}"] }) {
      __typename }`;
    await run(`mutation { a: ${add} b: ${create("One")} c: ${create("Two")} } ${selected}`);
    expect(log.records.map(({ mutation }) => mutation)).toEqual(
      ["addUserGroupMembers", "createUserGroup", "createUserGroup"].flatMap((name) => [name, name]),
    );
    expect(new Set(log.records.map((record) => record.id)).size).toBe(3);
    expect(log.records[0]?.ids).toEqual({ account_id: account, user_group_id: id, members: [newcomer] });
  });

  test("names the caller of service mode by the subject", async () => {
    const log = new Memory();
    const { run } = setup({}, undefined, { authenticate, audit: new Audit(log) });
    await run(one, {}, { authorization: "Bearer sandbox-admin", "x-caller": "ben" });
    expect(log.records.map(({ caller }) => caller)).toEqual(["ben", "ben"]);
  });

  test.each<[string, Transport | undefined, string, string]>([
    ["that Cloudflare refuses", undefined, "REFUSED", "Bearer sandbox-reader"],
    [
      "that gets no usable answer",
      async () => ({ status: 502, headers: { "cf-ray": "ray-9" }, text: "" }),
      "UNKNOWN",
      "Bearer t",
    ],
    [
      "that reached nobody",
      async () => {
        throw Object.assign(new Error(), { code: "ECONNREFUSED" });
      },
      "NOT_SENT",
      "Bearer t",
    ],
    [
      "whose answer cannot be read",
      async () => ({ status: 200, headers: {}, text: '{"success":true,"result":7,"errors":[],"messages":[]}' }),
      "DONE",
      "Bearer t",
    ],
  ])("of a write %s says so", async (_, transport, outcome, authorization) => {
    const { run, log } = audited(transport);
    await run(one, {}, { authorization });
    expect(log.told).toEqual(["before POST", `after POST ${outcome}`]);
    if (outcome === "UNKNOWN") expect(log.records[1]).toMatchObject({ status: 502, rayId: "ray-9" });
  });
});

test("a record of a write that the gateway refuses is not made", async () => {
  const log = new Memory();
  const { run } = setup({}, undefined, { authenticate, audit: new Audit(log) });
  const reader = { authorization: "Bearer sandbox-admin", "x-rights": '[["*", "read"]]' };
  expect((await run(one, {}, reader)).errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
  expect(log.records).toEqual([]);
});

describe("a write whose record before it cannot be kept", () => {
  test("is not sent, and the log says so once; the next one goes on where it can be kept", async () => {
    const { run, log, logged } = audited();
    log.full = () => true;
    const refused = await run(two);
    expect(refused).toMatchObject({ data: { a: notSent, b: notSent }, errors: undefined, calls: [] });
    expect(logged).toEqual(["The audit log cannot be written (ENOSPC): no write is sent."]);
    log.full = () => false;
    expect((await run(one)).calls).toEqual([groups]);
    // A part of what was refused may be in the log, so that it says what became of it.
    expect(log.told).toEqual(["after POST NOT_SENT", "after POST NOT_SENT", "before POST", "after POST DONE"]);
    expect(logged[1]).toBe("The audit log can be written again: writes are sent.");
  });

  test("is not sent when the log does not answer in time", async () => {
    const { run, logged } = audited(undefined, { timeout: 5 }, { write: () => new Promise(() => {}) });
    expect(await run(one)).toMatchObject({ data: { a: notSent }, calls: [] });
    expect(logged).toEqual(["The audit log cannot be written (not within 5 ms): no write is sent."]);
  });

  test("opens no circuit breaker, and costs no quota", async () => {
    const { sandbox, run, log } = audited();
    log.full = () => true;
    for (let n = 0; n < 30; n++) await run(one);
    log.full = () => false;
    expect((await run(one)).data).toMatchObject({ a: { __typename: "CreateUserGroupPayload" } });
    expect(sandbox.calls).toHaveLength(1);
  });
});

describe("a write whose record after it cannot be kept", () => {
  test("is answered as it is; no other is sent until the record is kept", async () => {
    const { run, log, logged } = audited();
    log.full = ({ audit }) => audit === "after";
    const { data, calls } = await run(two);
    expect(data).toMatchObject({ a: { __typename: "CreateUserGroupPayload" }, b: notSent });
    expect(calls).toEqual([groups]);
    expect(logged).toEqual([
      "The audit log cannot be written (ENOSPC): no write is sent.",
      expect.stringMatching(
        /^The outcome of createUserGroup \(\S{36}\) is DONE, and its line .* could not be written yet\.$/,
      ),
    ]);
    log.full = () => false;
    await run(one);
    expect(log.told).toEqual([
      "before POST",
      "after POST DONE",
      "after POST NOT_SENT",
      "before POST",
      // The name is taken.
      "after POST REFUSED",
    ]);
  });
});

describe("the end of the process", () => {
  const underWay = async () => {
    const sandbox = setup().sandbox;
    const { transport, arrived, held } = deferredTransport((request) => sandbox.handle(request));
    const given = audited(transport);
    const answer = given.run(two);
    await arrived(1);
    return { ...given, answer, held };
  };

  test("within a write says UNKNOWN, once, and sends no other", async () => {
    const { audit, log, answer, held } = await underWay();
    expect(await audit.end()).toBe(1);
    held[0]?.open();
    expect(await answer).toMatchObject({ data: { a: { __typename: "CreateUserGroupPayload" }, b: notSent } });
    expect(log.told).toEqual(["before POST", "after POST UNKNOWN"]);
  });

  test("tries once more what was held back", async () => {
    const { run, audit, log } = audited();
    log.full = ({ audit }) => audit === "after";
    await run(one);
    log.full = () => false;
    expect(await audit.end()).toBe(0);
    expect(log.told).toEqual(["before POST", "after POST DONE"]);
  });

  test("and a log that fails does not keep it", async () => {
    const { audit, log } = await underWay();
    log.full = () => true;
    expect(await audit.end()).toBe(1);
  });
});
