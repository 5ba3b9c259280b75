import { describe } from "vitest";
import { createTransport } from "../../../src/cloudflare/transport.ts";
import type { Fault } from "../../../src/sandbox/fault-injection.ts";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { account, expect, setup, setupOverHttp, test } from "../../gateway.ts";

const route = "POST /accounts/{account_id}/iam/user_groups";
const create = `mutation ($input: CreateUserGroupInput!) { createUserGroup(input: $input) {
  __typename ... on UpstreamError { outcome } ... on RateLimitedError { resetAt } } }`;
const input = { accountId: account, name: "Night Shift" };

describe("a fault of a write: it is sent once, and what became of it is told", () => {
  const unknown = { __typename: "UpstreamError", outcome: "UNKNOWN" };
  const limited = { __typename: "RateLimitedError", resetAt: expect.any(String) };

  test.for<[says: string, fault: Fault, done: boolean, told: object]>([
    ["a reset before it was done", { kind: "reset", at: "request" }, false, unknown],
    ["a reset after it was done", { kind: "reset", at: "head" }, true, unknown],
    ["a reset within the answer", { kind: "reset", at: "body" }, true, unknown],
    ["an answer that never comes", { kind: "hang" }, true, unknown],
    ["an answer that drips", { kind: "slowBody", milliseconds: 50 }, true, unknown],
    [
      "an answer cut off half-way, once it was found",
      { kind: "truncated" },
      true,
      { __typename: "CreateUserGroupPayload" },
    ],
    ["20 MB where 1 is accepted", { kind: "huge", bytes: 20_000_000 }, true, unknown],
    ["502 in HTML", { kind: "error", status: 502, body: "html" }, false, unknown],
    ["200 in HTML, once it was looked for", { kind: "error", status: 200, body: "html" }, false, unknown],
    ["429", { kind: "error", status: 429, body: "limited", retryAfter: "17" }, false, limited],
    ["971 under 200", { kind: "error", status: 200, body: "limited" }, false, limited],
  ])("%s", async ([says, fault, done, told]) => {
    const callTimeout = fault.kind === "hang" || fault.kind === "slowBody" ? { callTimeout: 300 } : {};
    await using faulty = await setupOverHttp({ jitter: [0, 0] }, { maxResponseSize: 1024 * 1024, ...callTimeout });
    faulty.sandbox.injectFault(route, fault);
    const { data, errors, calls } = await faulty.run(create, { input });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ createUserGroup: told });
    // A 2xx that is no answer of Cloudflare's is followed by a look.
    expect(calls.filter((each) => each === route)).toHaveLength(1);
    expect(calls.length > 1).toBe(says.includes("once it was"));
    const groups = [...(faulty.sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
    expect(groups.some(({ name }) => name === input.name)).toBe(done);
  });

  test("an upstream that is not there", async () => {
    const { url, close } = await createSandbox().listen();
    await close();
    const transport = createTransport();
    const { run } = setup({}, () => (request) => transport({ ...request, url: url + new URL(request.url).pathname }));
    expect(await run(create, { input })).toMatchObject({
      data: { createUserGroup: { __typename: "UpstreamError", outcome: "NOT_SENT" } },
    });
    await transport.close();
  });
});
