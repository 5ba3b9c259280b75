import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Credential, createClient } from "../../src/cloudflare/client.ts";
import type { Endpoint } from "../../src/cloudflare/endpoint.ts";
import { CloudflareError, type Kind } from "../../src/cloudflare/error.ts";
import { accounts, members, userGroups } from "../../src/cloudflare/index.ts";
import type { WireResponse } from "../../src/cloudflare/transport.ts";

const id = "023e105f4ecef8ad9ca31a8372d0c353";
const token = "v1.0-s3cret-t0ken";

/** The failure that an upstream's answer becomes. */
async function refusal(
  { status = 200, headers = {}, text = "" }: Partial<WireResponse>,
  record: Endpoint = accounts.list,
  credential: Credential = { token },
): Promise<CloudflareError> {
  const call = createClient({ baseUrl: "", credential, transport: async () => ({ status, headers, text }) });
  const params = { account_id: id, user_group_id: id, member_id: id };
  const error = await call(record, params as never).catch((error: unknown) => error);
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
  test.for<[status: number, words: string, kind: Kind, record?: Endpoint]>([
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
    [403, "10001 internal error", "upstream_failure"],
    [404, "7003 No route for the URI", "not_found"],
    [400, "7003 Could not route to /accounts/x, perhaps your object identifier is invalid?", "not_found"],
    [403, "7003 No route for the URI", "not_found"],
    [404, "404 User group not found", "not_found", userGroups.get],
    [404, "404 Member not found in user group", "not_found", userGroups.members.get],
    [404, "1003 Member not found", "not_found", members.get],
    [400, "1003 Member not found", "not_found", members.get],
    [400, "1003 Something else", "rejected", accounts.get],
    [405, "7001 Method not available", "rejected"],
    [400, "400 User group name is already in use", "rejected", userGroups.create],
    [400, "1006 Unknown error when processing member, please try again.", "rejected"],
    [400, "1001 validation", "rejected"],
    [409, "409 Conflict", "rejected"],
    [422, "422 Resource group is non-editable", "rejected"],
    [400, "no code at all", "rejected"],
    [200, "1001 validation", "rejected"],
    [429, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [200, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [400, "10429 Rate limited. Please wait and consider throttling your request speed", "rate_limited"],
    [429, "no code at all", "rate_limited"],
    [500, "10000 Internal error", "upstream_failure"],
    [503, "971 Please wait and consider throttling your request speed", "rate_limited"],
    [530, "1016 Origin DNS error", "upstream_failure"],
  ])("%i %s is %s", async ([status, words, kind, record = accounts.list]) => {
    const error = await refusal({ status, text: refusing([errorOf(words)]), headers: { "cf-ray": "8-AMS" } }, record);
    expect(error).toMatchObject({ kind, status, route: record.route, rayId: "8-AMS" });
    // A code that only repeats the status is not said twice.
    const own = words.replace(" > ", "; ").replace(new RegExp(`^${status} `), "");
    const said = `Cloudflare answered ${record.route} with ${status}: ${own}`;
    // Perhaps with an explanation.
    expect(error.message.startsWith(said)).toBe(true);
  });

  test("the status is not said twice, nor a code that is the message", async () => {
    const said = async (status: number, ...errors: object[]) =>
      (await refusal({ status, text: refusing(errors) })).message.replace(/^.* with /, "");
    expect(await said(400, { code: 400, message: "Bad name" })).toBe("400: Bad name");
    expect(await said(400, { code: 400, message: "400" })).toBe("400.");
    expect(await said(400, { code: 400, message: "400: Bad name" })).toBe("400: Bad name");
    expect(await said(403, { message: "403 Forbidden" })).toBe("403: Forbidden");
    expect(await said(403, { message: "403" })).toBe("403.");
    expect(await said(404, { code: 7003, message: "7003: Could not route" })).toMatch(/^404: 7003 Could not route/);
    expect(await said(400, { code: 400, message: "4001 groups are too many" })).toBe("400: 4001 groups are too many");
    expect(await said(400, { code: 1001, message: "1001" })).toBe("400: 1001");
    expect(await said(400, { code: 1001, message: "400" })).toBe("400: 1001");
  });
});

describe("an answer that is not Cloudflare's", () => {
  const bodies = [
    "",
    "null",
    "<html>",
    "error code: 1020",
    "[]",
    "7",
    `{"success":false`,
    `{"error":"no such page"}`,
    `{"success":false,"errors":[]}`,
    `{"success":false,"errors":[null,{}]}`,
    `{"success":true,"result":[]}`,
  ];
  test.for<[status: number, kind: Kind]>([
    [301, "invalid_response"],
    [304, "invalid_response"],
    [400, "invalid_response"],
    [401, "invalid_response"],
    [403, "invalid_response"],
    [404, "invalid_response"],
    [409, "invalid_response"],
    [422, "invalid_response"],
    [429, "rate_limited"],
    [500, "upstream_failure"],
    ...Array.from({ length: 11 }, (_, n): [number, Kind] => [520 + n, "upstream_failure"]),
  ])("is %i: that is %s, whatever the body", async ([status, kind]) => {
    for (const text of bodies) {
      const error = await refusal({ status, text, headers: { "retry-after": "120" } });
      expect(error, text).toMatchObject({ kind, status });
      if (kind === "invalid_response") expect(error.errors).toEqual([]);
    }
  });

  test.for<[says: string, answer: Partial<WireResponse>, message: string]>([
    [
      "a page of a proxy",
      {
        status: 404,
        headers: { "content-type": "text/html; charset=utf-8" },
        text: "<!DOCTYPE html><head><title>404 Not Found</title><style>b{}</style></head>\n<body>\u0000<!-- x --><b>nginx</b>\u202e</body>",
      },
      "GET /accounts was answered with 404 and a body of type text/html; charset=utf-8, which is none of Cloudflare's answers: “404 Not Found nginx”",
    ],
    [
      "nothing",
      { status: 404 },
      "GET /accounts was answered with 404 and an empty body without a content type, which is none of Cloudflare's answers",
    ],
    [
      "other JSON",
      { status: 404, headers: { "content-type": "application/json" }, text: '{"error":"no such page"}' },
      'GET /accounts was answered with 404 and a body of type application/json, which is none of Cloudflare\'s answers: “{"error":"no such page"}”',
    ],
    [
      "a redirect",
      { status: 302, headers: { location: "https://user:pw@login.example:8443/start?token=x#y" } },
      "GET /accounts was redirected (302) to https://login.example:8443/start, which is not followed: the credential stays here.",
    ],
    [
      "a redirect within the host",
      { status: 307, headers: { location: "../login?next=/x" } },
      "GET /accounts was redirected (307) to /login, which is not followed: the credential stays here.",
    ],
    [
      "a redirect to nowhere",
      { status: 308, headers: { location: "http://[" } },
      "GET /accounts was redirected (308) to somewhere that cannot be read, which is not followed: the credential stays here.",
    ],
  ])("%s is told with its status, type and first words", async ([, answer, message]) => {
    expect(await refusal(answer)).toMatchObject({ kind: "invalid_response", message });
  });

  test("shows 200 characters at most, and never the credential, wherever it stands", async () => {
    for (const before of [0, 180, 195, 200, 3_990, 4_000]) {
      for (const filler of ["x", "<b>", " "]) {
        const text = filler.repeat(Math.ceil(before / filler.length)) + token.repeat(3);
        const { message } = await refusal({ status: 404, text });
        expect(message).not.toContain(token.slice(0, 8));
        expect(/“(.*)”/.exec(message)?.[1]?.length ?? 0).toBeLessThanOrEqual(200);
      }
    }
    const odd = { token: `a&b<c>"d%` };
    for (const text of [odd.token, encodeURIComponent(odd.token), "a&amp;b&lt;c&gt;&quot;d%", JSON.stringify(odd)]) {
      const { message } = await refusal({ status: 404, text }, accounts.list, odd);
      expect(message).toContain("[credential]");
    }
  });
});

describe("Cloudflare's errors are read in whatever form they come", () => {
  const read = async (envelope: object) => {
    const { kind, errors, message } = await refusal({
      status: 400,
      text: JSON.stringify({ success: false, result: null, ...envelope }),
    });
    return [kind, errors.map((error) => [error.code, error.message]), message.replace(/^.* with /, "")];
  };

  test.for<[says: string, envelope: object, errors: [number | null, string][], words: string]>([
    [
      "plain texts",
      { errors: ["No.", "Never."] },
      [
        [null, "No."],
        [null, "Never."],
      ],
      "No.; Never.",
    ],
    ["a code that is text", { errors: [{ code: "1001", message: "No." }] }, [[1001, "No."]], "1001 No."],
    ["one text", { errors: "No." }, [[null, "No."]], "No."],
    ["one object", { errors: { code: 1001, message: "No." } }, [[1001, "No."]], "1001 No."],
    ["`error` as text", { error: "No." }, [[null, "No."]], "No."],
    ["`error` as an object", { error: { code: "1001", message: "No." } }, [[1001, "No."]], "1001 No."],
    ["`error` as a list", { errors: [], error: [{ message: "No." }] }, [[null, "No."]], "No."],
    [
      "a chain of texts",
      { errors: [{ message: "No.", error_chain: ["Why.", 7] }] },
      [
        [null, "No."],
        [null, "Why."],
      ],
      "No.; Why.",
    ],
    [
      "a chain that is one",
      { errors: [{ message: "No.", error_chain: { code: 1 } }] },
      [
        [null, "No."],
        [1, ""],
      ],
      "No.; 1",
    ],
  ])("%s", async ([, envelope, errors, words]) => {
    expect(await read(envelope)).toEqual(["rejected", errors, `400: ${words}`]);
  });

  test("and a code that is text means what the number does", async () => {
    expect((await read({ errors: [{ code: "7003", message: "No route" }] }))[0]).toBe("not_found");
    expect((await read({ errors: [{ code: "971", message: "Please wait" }] }))[0]).toBe("rate_limited");
  });

  test("and those that cannot be read do not hide the others", async () => {
    const odd = [
      7,
      null,
      [],
      {},
      { code: "x", message: 7 },
      { code: 971.5 },
      { code: 1e12, source: "x" },
      { code: 7003 },
    ];
    expect((await read({ errors: odd })).slice(0, 2)).toEqual(["not_found", [[7003, ""]]]);
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

describe("a credential that the upstream repeats", () => {
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
      `{"success":true,"result":{"${secret}":["${secret}"]}}`,
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

test("an upstream that talks without end is cut short", async () => {
  const errors = Array.from({ length: 10_000 }, () => ({ code: 1001, message: "x".repeat(10_000) }));
  const error = await refusal({ status: 400, text: refusing(errors) });
  expect(error.errors).toHaveLength(20);
  expect(error.message.length).toBeLessThan(25_000);
  const headers = { "content-type": "x".repeat(1_000_000), location: "y".repeat(1_000_000) };
  for (const status of [200, 302, 404]) {
    expect((await refusal({ status, headers, text: "z".repeat(1_000_000) })).message.length).toBeLessThan(1_000);
  }
});
