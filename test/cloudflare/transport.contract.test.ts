import { describe, expect, test } from "vitest";
import { withCallTimeout } from "../../src/cloudflare/call-timeout.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { fetchTransport } from "../../src/cloudflare/fetch-transport.ts";
import { createTransport, type Transport } from "../../src/cloudflare/transport.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { account, setup } from "../gateway.ts";
import { groupNamed, mutateBy, noon, still } from "../graph/mutations/mutation.ts";
import { failure } from "../mock-upstream.ts";

const groups = "/accounts/{account_id}/iam/user_groups";

/** Five lines, as README has them. */
const fiveLines: Transport = async ({ url, method, headers, body, signal }) => {
  const init = { method, headers, redirect: "manual", body: body ?? null, signal: signal ?? null } as const;
  const response = await fetch(url, init);
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
};

/** The same, by somebody who does not heed the signal. */
const heedless: Transport = (request) => fiveLines({ ...request, signal: undefined });

const ours: [name: string, make: () => Transport & { close?: () => Promise<void> }][] = [
  ["five lines on fetch", () => fiveLines],
  ["five lines that heed no signal", () => heedless],
  ["fetchTransport()", fetchTransport],
  ["createTransport()", createTransport],
];

describe.each(ours)("%s keeps the contract", (_, make) => {
  /** A gateway on the transport, beside a sandbox that listens. */
  async function over(callTimeout = 10_000) {
    const sandbox = still();
    const listening = await sandbox.listen();
    const transport = make();
    const { run } = setup({}, () => transport, { baseUrl: listening.url, callTimeout });
    const runOnIt = mutateBy(run);
    return {
      sandbox,
      run,
      deletes: (id = groupNamed(sandbox, "Security").id) =>
        runOnIt("deleteUserGroup", { accountId: account, userGroupId: id }),
      close: () => listening.close(),
      [Symbol.asyncDispose]: async () => {
        await transport.close?.();
        await listening.close().catch(() => {});
      },
    };
  }
  const query = "{ accounts { nodes { name } } }";

  test("an answer is read", async () => {
    await using fixture = await over();
    expect((await fixture.run(query)).data).toMatchObject({ accounts: { nodes: [{ name: "Acme" }, {}] } });
  });

  test("a refused connection: UPSTREAM_UNAVAILABLE, and a write was not sent", async () => {
    await using fixture = await over();
    const { id } = groupNamed(fixture.sandbox, "Security");
    await fixture.close();
    const { errors } = await fixture.run(query);
    expect(errors).toMatchObject([
      { message: "GET /accounts could not be reached (ECONNREFUSED)", extensions: { code: "UPSTREAM_UNAVAILABLE" } },
    ]);
    expect((await fixture.deletes(id)).result).toMatchObject({ __typename: "UpstreamError", outcome: "NOT_SENT" });
  });

  test.for<[says: string, fault: Fault]>([
    ["before the answer", { kind: "reset", at: "head" }],
    ["within the answer", { kind: "reset", at: "body" }],
  ])("a connection that breaks %s: UPSTREAM_ERROR, and a write may have been done", async ([, fault]) => {
    await using fixture = await over();
    fixture.sandbox.injectFault("GET /accounts", fault);
    fixture.sandbox.injectFault(`DELETE ${groups}/{user_group_id}`, fault);
    const { errors } = await fixture.run(query);
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^GET \/accounts broke the connection \(\w+\)$/),
        extensions: { code: "UPSTREAM_ERROR" },
      },
    ]);
    expect((await fixture.deletes()).result).toMatchObject({
      __typename: "UpstreamError",
      outcome: "UNKNOWN",
      message: expect.stringContaining("Whether it was done is not known"),
    });
  });

  test("a write that hangs ends after callTimeout", async () => {
    await using fixture = await over(300);
    fixture.sandbox.injectFault(`DELETE ${groups}/{user_group_id}`, { kind: "hang" });
    const started = performance.now();
    const { result } = await fixture.deletes();
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(result).toMatchObject({
      outcome: "UNKNOWN",
      message: expect.stringContaining("did not answer within 300 ms"),
    });
  });

  test("a redirect is told, and not followed", async () => {
    await using fixture = await over();
    await using elsewhere = await over();
    fixture.sandbox.stub("GET /accounts", () => ({
      status: 307,
      headers: { location: "https://elsewhere.example/x?y" },
      text: "",
    }));
    for (const headers of [
      { authorization: "Bearer sandbox-admin" },
      { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" },
    ]) {
      const { errors } = await fixture.run(query, {}, headers);
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining("redirected (307) to https://elsewhere.example/x,"),
          extensions: { code: "UPSTREAM_INVALID" },
        },
      ]);
    }
    expect(elsewhere.sandbox.calls).toEqual([]);
  });
});

describe("whatever a transport throws is one failure that says what is known", () => {
  const withCause = (cause: unknown) => new TypeError("fetch failed", { cause });
  const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
  test.for<[says: string, thrown: unknown, kind: string, message: string]>([
    [
      "a refused connection behind a TypeError",
      withCause(coded("ECONNREFUSED")),
      "unavailable",
      "could not be reached (ECONNREFUSED)",
    ],
    [
      "several of them",
      withCause(new AggregateError([coded("ENETUNREACH"), coded("ECONNREFUSED")])),
      "unavailable",
      "could not be reached (ENETUNREACH)",
    ],
    ["a certificate", withCause(coded("CERT_HAS_EXPIRED")), "unavailable", "could not be reached (CERT_HAS_EXPIRED)"],
    ["a reset", withCause(coded("ECONNRESET")), "upstream_failure", "broke the connection (ECONNRESET)"],
    [
      "no way, on a connection in use",
      coded("EHOSTUNREACH", { syscall: "read" }),
      "upstream_failure",
      "broke the connection (EHOSTUNREACH)",
    ],
    ["a TypeError alone", new TypeError("x is not a function"), "upstream_failure", "broke the connection (TypeError)"],
    [
      "an AbortError of its own",
      new DOMException("gone", "AbortError"),
      "upstream_failure",
      "broke the connection (AbortError)",
    ],
    ["a TimeoutError of its own", new DOMException("late", "TimeoutError"), "timeout", "did not answer in time"],
    [
      "what Deno says",
      new TypeError("error sending request: client error (Connect): tcp connect error: Connection refused"),
      "unavailable",
      "could not be reached (ECONNREFUSED)",
    ],
    ["what Bun says", coded("ConnectionRefused"), "unavailable", "could not be reached (ConnectionRefused)"],
    ["a text", "no", "upstream_failure", "broke the connection (unknown)"],
    ["undefined", undefined, "upstream_failure", "broke the connection (unknown)"],
    ["null", null, "upstream_failure", "broke the connection (unknown)"],
    [
      "an object in a circle",
      Object.assign(
        {},
        {
          get cause() {
            return this;
          },
        },
      ),
      "upstream_failure",
      "broke the connection (unknown)",
    ],
  ])("%s", async ([, thrown, kind, message]) => {
    const { run } = setup({}, () => () => Promise.reject(thrown));
    const { errors } = await run("{ accounts { totalCount } }");
    const codes: Record<string, string> = {
      unavailable: "UPSTREAM_UNAVAILABLE",
      upstream_failure: "UPSTREAM_ERROR",
      timeout: "TIMEOUT",
    };
    expect(errors).toMatchObject([
      { message: `GET /accounts ${message}`, extensions: { code: codes[kind], route: "GET /accounts" } },
    ]);
    const writes = mutateBy(
      setup({ clock: noon }, () => () => {
        throw thrown;
      }).run,
    );
    const { result } = await writes("deleteUserGroup", { accountId: account, userGroupId: "f".repeat(32) });
    expect(result).toMatchObject({
      __typename: "UpstreamError",
      outcome: kind === "unavailable" ? "NOT_SENT" : "UNKNOWN",
    });
  });

  test.for([
    [undefined],
    [null],
    ["{}"],
    [{}],
    [{ status: "200", headers: {}, text: "" }],
    [{ status: 200, text: "" }],
  ])("an answer that is none: %j", async ([answer]) => {
    const { run } = setup({}, () => async () => answer as never);
    const { errors } = await run("{ accounts { totalCount } }");
    expect(errors).toMatchObject([{ extensions: { code: "UPSTREAM_ERROR" } }]);
    expect(errors?.[0]?.message).toContain("something that has no status, headers and text");
  });

  test("a failure of ours stays as it is, and a transport that keeps the time keeps its own", async () => {
    const own = new CloudflareError("GET /accounts", "own words", { kind: "unavailable" });
    const bounded = withCallTimeout(() => Promise.reject(own), 1_000);
    const twin = Object.assign(new Error("its words"), { name: "CloudflareError", kind: "unavailable", status: null });
    const request = { route: "GET /accounts", method: "GET", url: "http://x/", headers: {} };
    expect(await failure(bounded(request))).toBe(own);
    // Some bundlers load a module twice.
    expect(await failure(withCallTimeout(() => Promise.reject(twin), 1_000)(request))).toMatchObject({
      kind: "unavailable",
      message: "its words",
    });
    expect(withCallTimeout(bounded, 1_000)).toBe(bounded);
    expect(withCallTimeout(bounded, 999)).not.toBe(bounded);
  });
});
