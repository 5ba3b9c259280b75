import { describe, test } from "vitest";
import { createTransport, type TransportOptions } from "../../../src/cloudflare/transport.ts";
import type { Fault } from "../../../src/sandbox/fault-injection.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import type { GatewayOptions } from "../../../src/server/gateway.ts";
import { expect, setup, setupOverHttp } from "../../gateway.ts";
import { type Case, cases, stateOf, writeOf } from "./cases.ts";
import { test as inProcess, mutateBy, noon, type Result, still } from "./mutation.ts";

/** Calls that nobody answers are given up early; all others are waited for as usual, however busy the machine. */
const wireFor = ({ kind }: Fault): TransportOptions => (kind === "hang" ? { callTimeout: 1_000 } : {});

/** What happens to one call, and whether Cloudflare has done by then what it was asked to do. */
const faults: [says: string, fault: Fault, done: boolean][] = [
  ["no answer in time", { kind: "hang" }, true],
  ["a reset before anything was done", { kind: "reset", at: "request" }, false],
  ["a reset before the answer", { kind: "reset", at: "head" }, true],
  ["a reset within the answer", { kind: "reset", at: "body" }, true],
  ["a 502 of HTML", { kind: "error", status: 502, body: "html" }, false],
  ["a 500 without a body", { kind: "error", status: 500, body: "empty" }, false],
  ["a 429", { kind: "error", status: 429, body: "limited", retryAfter: "60" }, false],
  ["a 200 cut off half-way", { kind: "truncated" }, true],
  ["a 200 of HTML", { kind: "error", status: 200, body: "html" }, false],
];

/** Runs a case over HTTP with a fault injected; gives the state before and after, and what it is where all goes well. */
async function runWithFault(
  each: Case,
  wire: TransportOptions,
  inject: (sandbox: Sandbox, write: string) => void,
  options: Partial<GatewayOptions> = {},
) {
  const quiet = setup({ clock: noon });
  await mutateBy(quiet.run)(each.mutation, await each.input(quiet.sandbox, quiet.run));
  const wanted = stateOf(quiet.sandbox);

  await using over = await setupOverHttp({ clock: noon, jitter: [0, 1] }, wire, options);
  const input = await each.input(over.sandbox, over.run);
  const before = stateOf(over.sandbox);
  inject(over.sandbox, writeOf(each));
  const { result, calls, errors } = await mutateBy(over.run)(each.mutation, input);
  expect(errors).toBeUndefined();
  const writes = calls.filter((route) => !route.startsWith("GET "));
  return { result, writes, before, after: stateOf(over.sandbox), wanted };
}

const isWritten = (sandbox: Sandbox) => sandbox.calls.some(({ method }) => method !== "GET");

/** What may happen to a read; what Cloudflare has done by then does not matter. */
const readFaults = faults.filter(([says]) => !/before anything|within|500|200 of/.test(says));

/** Every case with every fault. */
function matrix(some: Case[], these = faults) {
  return some.flatMap((each) => these.map(([says, fault, done]) => ({ title: each.title, says, each, fault, done })));
}

function expectFailure(
  { __typename, message, outcome, resetAt }: Result,
  says: string,
  wanted: Result["outcome"],
): void {
  if (says === "a 429" && wanted !== "WRITTEN") {
    expect(__typename).toBe("RateLimitedError");
    expect(Date.parse(resetAt ?? "")).toBeGreaterThan(Date.now());
    return;
  }
  expect({ __typename, outcome }).toEqual({ __typename: "UpstreamError", outcome: wanted });
  const words = { NOT_SENT: /Nothing was sent\.$/, WRITTEN: /^The write was done;/, REFUSED: /./ };
  expect(message).toMatch(
    wanted === "UNKNOWN"
      ? /Whether it was done is not known: (read it again|look for it in the account's list) before you repeat it\.$/
      : words[wanted ?? "REFUSED"],
  );
}

describe.concurrent("a fault of the write leaves its outcome open unless a look tells, and it is never sent again", () => {
  test.for(matrix(cases))("$title: $says", async ({ each, says, fault, done }) => {
    const inject = (sandbox: Sandbox, write: string) => sandbox.injectFault(write, fault);
    // Also by a gateway that repeats reads.
    const { result, writes, before, after, wanted } = await runWithFault(each, wireFor(fault), inject, { retry: true });
    // A 2xx that is no answer of Cloudflare's is looked into; these two leave nothing by which they could be found.
    const found =
      says === "a 200 cut off half-way" && !/^(createResourceGroup|inviteMember|beginSso)/.test(each.mutation);
    if (found) expect(result.__typename).toMatch(/Payload$/);
    else expectFailure(result, says, "UNKNOWN");
    expect(writes).toEqual([writeOf(each)]);
    expect(after).toEqual(done ? wanted : before);
    expect(wanted).not.toEqual(before);
  });
});

describe.concurrent("a fault of the read before keeps the write from being sent", () => {
  const reading = cases.filter(({ calls }) => calls[0]?.startsWith("GET "));
  test.for(matrix(reading, readFaults))("$title: $says", async ({ each, says, fault }) => {
    const { result, writes, before, after } = await runWithFault(each, wireFor(fault), (sandbox) =>
      sandbox.injectFault(each.calls[0] ?? "", fault),
    );
    expectFailure(result, says, "NOT_SENT");
    expect(writes).toEqual([]);
    expect(after).toEqual(before);
  });
});

describe.concurrent("a fault of the read after is told as one, with the write done", () => {
  const readingBack = cases.filter(({ calls }) => calls.length > 1 && calls.at(-1)?.startsWith("GET "));
  test.for(matrix(readingBack, readFaults))("$title: $says", async ({ each, says, fault }) => {
    const { result, writes, after, wanted } = await runWithFault(each, wireFor(fault), (sandbox) =>
      sandbox.injectFault(each.calls.at(-1) ?? "", fault, () => isWritten(sandbox)),
    );
    expectFailure(result, says, "WRITTEN");
    expect(writes).toEqual([writeOf(each)]);
    expect(after).toEqual(wanted);
  });

  test.for(readingBack)("$title: a token that is revoked meanwhile", async (each) => {
    const { result, writes, after, wanted } = await runWithFault(each, {}, (sandbox) =>
      sandbox.stub(each.calls.at(-1) ?? "", () =>
        isWritten(sandbox)
          ? {
              status: 401,
              headers: {},
              text: '{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}]}',
            }
          : undefined,
      ),
    );
    expectFailure(result, "a 401", "WRITTEN");
    expect(writes).toEqual([writeOf(each)]);
    expect(after).toEqual(wanted);
  });
});

describe("a write that was done before the answer went wrong", () => {
  inProcess.for(cases)("$title: a 524 of HTML", async (each, { mutate, run, sandbox, wire }) => {
    const input = await each.input(sandbox, run);
    const before = stateOf(sandbox);
    wire.answer(writeOf(each), (answer) => ({ ...answer, status: 524, text: "<html>A timeout occurred</html>" }));
    const { result, calls } = await mutate(each.mutation, input);
    expectFailure(result, "a 524", "UNKNOWN");
    expect(calls.filter((route) => !route.startsWith("GET "))).toEqual([writeOf(each)]);
    expect(stateOf(sandbox)).not.toEqual(before);
  });
});

describe("a write that certainly never left", () => {
  test.for(cases)("$title: nobody listens", async (each) => {
    const gone = await still().listen();
    await gone.close();
    const closed = createTransport();
    // Reads are answered, writes go to a port that nobody listens to.
    const { sandbox, run } = setup({ clock: noon }, ({ handle }) => (request) => {
      const url = request.url.replace("http://sandbox/client/v4", gone.url);
      return request.method === "GET" ? handle(request) : closed({ ...request, url });
    });
    const input = await each.input(sandbox, run);
    const before = stateOf(sandbox);
    const { result } = await mutateBy(run)(each.mutation, input);
    await closed.close();
    expectFailure(result, "refused", "NOT_SENT");
    expect(result.message).toContain("could not be reached (ECONNREFUSED). Nothing was sent.");
    expect(stateOf(sandbox)).toEqual(before);
  });
});
