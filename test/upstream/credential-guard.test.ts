import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CloudflareError, type CloudflareErrorInit, type Kind } from "../../src/cloudflare/error.ts";
import { Credentials, verdictOf } from "../../src/upstream/credential-guard/credentials.ts";
import { UnknownLimit } from "../../src/upstream/credential-guard/unknown-limit.ts";
import { CredentialGuard } from "../../src/upstream/credential-guard.ts";
import { Deadline } from "../../src/upstream/deadline.ts";

const failed = (kind: Kind, failure: Partial<CloudflareErrorInit> = {}) =>
  new CloudflareError("GET /accounts", kind, { kind, status: 400, ...failure });
const said = (code: number) => [{ code, message: "words", pointer: null, documentationUrl: null }];

function desk() {
  const credentials = new Credentials();
  const limit = new UnknownLimit(10, credentials);
  const deadline = new Deadline(new AbortController().signal, Number.POSITIVE_INFINITY);
  const operation = () =>
    new CredentialGuard(credentials, limit, { key: "k", client: undefined, deadline, sent: () => false });
  return { credentials, operation };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what an answer says of its credential", () => {
  test.each<[verdict: ReturnType<typeof verdictOf>, error: CloudflareError]>([
    ["refused", failed("unauthenticated", { errors: said(9109) })],
    ["nothing", failed("unauthenticated", { status: null })],
    ["forbidden", failed("forbidden", { status: 403, errors: said(10000) })],
    ["nothing", failed("forbidden", { status: null })],
    ["works", failed("not_found", { status: 404, errors: said(404) })],
    ["nothing", failed("not_found", { status: 404 })],
    ["nothing", failed("not_found", { status: 400, errors: said(7003) })],
    ["works", failed("rejected", { errors: said(1001) })],
    ["nothing", failed("rejected")],
    ["works", failed("invalid_response", { status: 200 })],
    ["nothing", failed("invalid_response", { status: null })],
    ["nothing", failed("upstream_failure", { status: 503 })],
    ["nothing", failed("rate_limited", { status: 429, errors: said(971) })],
    ["nothing", failed("timeout", { status: null })],
    ["nothing", failed("unavailable", { status: null })],
  ])("%s: %s", (verdict, error) => {
    expect(verdictOf(error)).toBe(verdict);
  });
});

describe("a refusal", () => {
  test("holds for a minute, whatever an earlier call is answered after it", () => {
    const { credentials, operation } = desk();
    operation().succeeded();
    expect(credentials.isKnown("k")).toBe(true);
    expect(operation().failed(failed("unauthenticated"))).toBe(true);
    operation().succeeded();
    expect([credentials.isKnown("k"), operation().refusal()?.kind]).toEqual([false, "unauthenticated"]);
    vi.advanceTimersByTime(59_999);
    expect(operation().refusal("GET /accounts")?.message).toMatch(/^GET \/accounts was not sent: .* tried again at /);
    vi.advanceTimersByTime(1);
    expect(operation().refusal()).toBeUndefined();
  });

  test("holds for the operation that met it for as long as that lasts, even when the credential works again", () => {
    const { operation } = desk();
    const own = operation();
    own.failed(failed("unauthenticated"));
    vi.advanceTimersByTime(60_000);
    operation().succeeded();
    expect([own.refusal()?.kind, operation().refusal()]).toEqual(["unauthenticated", undefined]);
  });

  test("is not what something else makes of it: a bug, an answer that never came", () => {
    const { operation } = desk();
    const own = operation();
    for (const error of [new TypeError("bug"), failed("timeout", { status: null })])
      expect(own.failed(error)).toBe(false);
    expect(own.refusal()).toBeUndefined();
  });
});

test("what is known is forgotten after an hour without a call, by itself", () => {
  const { credentials, operation } = desk();
  operation().succeeded();
  vi.advanceTimersByTime(3_500_000);
  expect(credentials.isKnown("k")).toBe(true);
  vi.advanceTimersByTime(3_500_000);
  expect(credentials.isKnown("k")).toBe(true);
  vi.advanceTimersByTime(7_200_001);
  expect([credentials.size, vi.getTimerCount()]).toEqual([0, 0]);
});

test("what works in one account is not known in another", () => {
  const { credentials, operation } = desk();
  operation().succeeded("a");
  expect([operation().known, operation().knownIn("a"), operation().knownIn("b")]).toEqual([true, true, false]);
  credentials.refuse("k");
  operation().succeeded("b");
  expect([operation().known, operation().knownIn("a"), operation().knownIn("b")]).toEqual([false, false, false]);
});

test("ten answers with 403 and nothing else end an operation; another one may try, and one that works ends none", () => {
  const { operation } = desk();
  const own = operation();
  for (let calls = 0; calls < 9; calls++) own.failed(failed("forbidden", { status: 403 }));
  expect(own.refusal()).toBeUndefined();
  own.failed(failed("forbidden", { status: 403 }));
  expect([own.refusal()?.kind, operation().refusal()]).toEqual(["forbidden", undefined]);
  operation().succeeded();
  expect(own.refusal()).toBeUndefined();
});
