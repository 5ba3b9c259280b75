import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Credential, createClient } from "../src/cloudflare/client.ts";
import type { Endpoint } from "../src/cloudflare/endpoint.ts";
import { CloudflareError, type Kind } from "../src/cloudflare/error.ts";
import { accounts, members, userGroups } from "../src/cloudflare/index.ts";
import type { WireResponse } from "../src/cloudflare/transport.ts";

const id = "023e105f4ecef8ad9ca31a8372d0c353";
const token = "v1.0-s3cret-t0ken";

/** The failure that a vendor's answer becomes. */
async function refusal(
  { status = 200, headers = {}, text = "" }: Partial<WireResponse>,
  row: Endpoint = accounts.list,
  credential: Credential = { token },
): Promise<CloudflareError> {
  const call = createClient({ baseUrl: "", credential, transport: async () => ({ status, headers, text }) });
  const params = { account_id: id, user_group_id: id, member_id: id };
  const error = await call(row, params as never).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CloudflareError);
  return error as CloudflareError;
}

/** An envelope that refuses with these errors. */
const refusing = (errors: unknown, result: unknown = null) =>
  JSON.stringify({ result, success: false, errors, messages: [] });

/** An error of Cloudflare's as `code message > code message`, the second being the chain. */
function errorOf(words: string): object {
  const [error, chain] = words.split(" > ").map((each) => {
    const [, code, message = ""] = /^(\d+)? ?(.*)$/.exec(each) ?? [];
    return { ...(code && { code: Number(code) }), message };
  });
  return { ...error, ...(chain && { error_chain: [chain] }) };
}

describe("what a refusal is", () => {
  test.for<[status: number, words: string, kind: Kind, row?: Endpoint]>([
    [400, "6003 Invalid request headers > 6111 Invalid format for Authorization header", "unauthenticated"],
    [400, "6003 Invalid request headers > 6103 Invalid format for X-Auth-Key header", "unauthenticated"],
    [401, "9109 Invalid access token", "unauthenticated"],
    [403, "9109 Invalid access token", "unauthenticated"],
    [401, "10000 Authentication error", "unauthenticated"],
    [401, "1000 Invalid API Token", "unauthenticated"],
    [403, "1000 Invalid API Token", "unauthenticated"],
    [403, "9103 Unknown X-Auth-Key or X-Auth-Email", "unauthenticated"],
    [400, "9106 Missing X-Auth-Key, X-Auth-Email or Authorization headers", "unauthenticated"],
    [403, "9109 Max auth failures reached", "unauthenticated"],
    [403, "10502 Too many authentication failures", "unauthenticated"],
    [403, "9109 Unauthorized to access requested resource", "forbidden"],
    [401, "9109 Unauthorized to access requested resource", "forbidden"],
    [400, "9109 Unauthorized to access requested resource", "forbidden"],
    [403, "10000 Authentication error", "forbidden"],
    [400, "10000 Authentication error", "forbidden"],
    [403, "10001 Method not allowed for token", "forbidden"],
    [403, "10001 internal error", "broken"],
    [404, "7003 No route for the URI", "not_found"],
    [400, "7003 Could not route to /accounts/x, perhaps your object identifier is invalid?", "not_found"],
    [403, "7003 No route for the URI", "not_found"],
    [404, "404 User group not found", "not_found", userGroups.get],
    [404, "404 Member not found in user group", "not_found", userGroups.members.get],
    [404, "1003 Member not found", "not_found", members.get],
    [400, "1003 Member not found", "not_found", members.get],
    [400, "1003 Something else", "refused", accounts.get],
    [405, "7001 Method not available", "refused"],
    [400, "400 User group name is already in use", "refused", userGroups.create],
    [400, "1006 Unknown error when processing member, please try again.", "refused"],
    [400, "1001 validation", "refused"],
    [409, "409 Conflict", "refused"],
    [422, "422 Resource group is non-editable", "refused"],
    [400, "no code at all", "refused"],
    [200, "1001 validation", "refused"],
    [429, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [200, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [400, "10429 Rate limited. Please wait and consider throttling your request speed", "rate_limited"],
    [429, "no code at all", "rate_limited"],
    [500, "10000 Internal error", "broken"],
    [503, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [530, "1016 Origin DNS error", "broken"],
  ])("%i %s is %s", async ([status, words, kind, row = accounts.list]) => {
    const error = await refusal({ status, text: refusing([errorOf(words)]), headers: { "cf-ray": "8-AMS" } }, row);
    expect(error).toMatchObject({ kind, status, route: row.route, rayId: "8-AMS" });
    const said = `Cloudflare answered ${row.route} with ${status}: ${words.replace(" > ", "; ")}`;
    // Perhaps with an explanation.
    expect(error.message.startsWith(said)).toBe(true);
  });

  const bodies = ["", "null", "<html>", "error code: 1020", "[]", "7", `{"success":false`];
  test.for<[status: number, kind: Kind]>([
    [301, "broken"],
    [304, "broken"],
    [400, "refused"],
    [401, "unauthenticated"],
    [403, "forbidden"],
    [404, "not_found"],
    [429, "rate_limited"],
    [500, "broken"],
    ...Array.from({ length: 11 }, (_, n): [number, Kind] => [520 + n, "broken"]),
  ])("%i without an envelope is %s, whatever the body", async ([status, kind]) => {
    for (const text of bodies) {
      expect(await refusal({ status, text, headers: { "retry-after": "120" } }), text).toMatchObject({
        kind,
        errors: [],
      });
    }
  });

  test.for([
    ["no errors", []],
    ["no list of errors", null],
    ["something else", "failed"],
  ])("a success that is none, with %s, is broken", async ([, errors]) => {
    expect(await refusal({ text: refusing(errors) })).toMatchObject({ kind: "broken", errors: [] });
  });

  test("errors that cannot be read do not hide the others", async () => {
    const odd = [
      7,
      null,
      "x",
      [],
      { code: "971", message: 7 },
      { code: 971.5 },
      { code: 1e12, source: "x" },
      { code: 7003 },
    ];
    const { kind, errors } = await refusal({ status: 400, text: refusing(odd) });
    expect(kind).toBe("not_found");
    expect(errors.map(({ code }) => code)).toEqual([null, null, null, null, null, null, null, 7003]);
  });
});

describe("when to come back", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  test.for<[header: string | undefined, seconds: number]>([
    ["17", 17],
    ["0", 0],
    ["300", 300],
    [undefined, 300],
    ["", 300],
    ["soon", 300],
    ["-5", 300],
    ["1.5", 300],
    ["2", 2],
    ["Sunday, 22-Nov-26 12:01:00 GMT", 60],
    ["Sun, 22 Nov 2026 12:01:00 GMT", 60],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400],
    ["99999999999999999999", 86_400],
    ["1".repeat(400), 86_400],
  ])("Retry-After: %s", async ([header, seconds]) => {
    const { resetAt } = await refusal({ status: 429, headers: { "retry-after": header } });
    expect(resetAt?.getTime()).toBe(now + seconds * 1000);
  });

  test("is told of limits only", async () => {
    expect(await refusal({ status: 503, headers: { "retry-after": "120" } })).toMatchObject({ resetAt: null });
  });
});

describe("a credential that the vendor repeats", () => {
  const key = "c2547eb745079dac9320b638f5e225cf483cc5cfdda41";
  test.for<[Credential, string]>([
    [{ token }, token],
    [{ email: "admin@acme.example", key }, key],
  ])("is in no part of the error: %j", async ([credential, secret]) => {
    const error = {
      code: 6003,
      message: `Bearer ${secret} ${secret}`,
      documentation_url: `https://example.com/?${secret}`,
      source: { pointer: `/${secret}` },
      error_chain: [{ code: 6111, message: secret }],
    };
    const headers = { "cf-ray": secret, "x-echo": secret };
    const refused = await refusal(
      { status: 400, headers, text: refusing([error], { echo: secret }) },
      accounts.list,
      credential,
    );
    const misfits = [
      `{"success":true,"result":[{"id":"x","roles":[{"id":"y","permissions":{"${secret}":7}}]}]}`,
      `{"success":"${secret}","${secret}":1}`,
      secret,
    ];
    const errors = [refused];
    for (const text of misfits) errors.push(await refusal({ headers, text }, members.list, credential));
    for (const each of errors) {
      expect(inspect(each, { depth: 9, showHidden: true })).not.toContain(secret);
      expect(JSON.stringify(each)).not.toContain(secret);
    }
    expect(refused.errors).toMatchObject([
      { message: "Bearer [credential] [credential]", pointer: "/[credential]" },
      { message: "[credential]" },
    ]);
  });
});

test("a vendor that talks without end is cut short", async () => {
  const errors = Array.from({ length: 10_000 }, () => ({ code: 1001, message: "x".repeat(10_000) }));
  const error = await refusal({ status: 400, text: refusing(errors) });
  expect(error.errors).toHaveLength(20);
  expect(error.message.length).toBeLessThan(25_000);
  const place = `{"success":true,"result":[{"id":"x","roles":[{"id":"y","permissions":{"${"x".repeat(1_000_000)}":7}}]}]}`;
  expect((await refusal({ text: place }, members.list)).message.length).toBeLessThan(2_000);
});
