import { describe, expect, test } from "vitest";
import { type Credential, createClient } from "../../src/cloudflare/client.ts";
import { type Endpoint, isRead } from "../../src/cloudflare/endpoint.ts";
import { CloudflareError, UnreadableRecord } from "../../src/cloudflare/error.ts";
import * as cloudflare from "../../src/cloudflare/index.ts";
import type { WireRequest, WireResponse } from "../../src/cloudflare/transport.ts";
import { hostileIds } from "../../src/sandbox/quirks/hostile.ts";

const { accounts, members, permissionGroups, resourceGroups, ssoConnectors, userGroups, endpoints } = cloudflare;
const id = "023e105f4ecef8ad9ca31a8372d0c353";
const other = "f267e341f3dd4697bd3b9f71dd96247f";
const ids = {
  account_id: id,
  user_group_id: id,
  member_id: id,
  permission_group_id: id,
  resource_group_id: id,
  sso_connector_id: id,
  zone_id: id,
  token_id: id,
  role_id: id,
};

type Said = Partial<Omit<WireResponse, "text">> & { text?: string; envelope?: object };

/** A client whose vendor says one thing to everything. */
function client(
  { text, envelope, status = 200, headers = {} }: Said = {},
  credential: Credential | null = { token: "s3cret" },
) {
  const sent: WireRequest[] = [];
  const call = createClient({
    baseUrl: "https://api.cloudflare.com/client/v4",
    credential,
    transport: async (request) => {
      sent.push(request);
      return { status, headers, text: text ?? JSON.stringify({ success: true, result: null, ...envelope }) };
    },
  });
  /** Any record, with a place for every ID. */
  const ask = (endpoint: Endpoint, params: object = ids) => call(endpoint, params as never);
  return { call, ask, sent };
}

async function refusalOf(call: Promise<unknown>): Promise<CloudflareError> {
  const error = await call.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CloudflareError);
  return error as CloudflareError;
}

describe("a request", () => {
  const account_id = id;
  const at = `https://api.cloudflare.com/client/v4/accounts/${id}`;

  test("is spelt as Cloudflare spells it", async () => {
    const { call, sent } = client({ envelope: { result: { id } } });
    const lists = client();
    const list = lists.call;
    await list(accounts.list, { name: "Acme & Söhne", direction: "desc", page: 2, per_page: 50 });
    await list(members.list, { account_id, status: "pending", order: "user.first_name", direction: "asc" });
    await list(userGroups.list, { account_id, fuzzyName: "ops/2?", name: undefined, page: 1, per_page: 500 });
    await list(userGroups.members.list, { account_id, user_group_id: other, fuzzyEmail: "a+b@acme.example" });
    await list(permissionGroups.list, { account_id, label: "dns_admin", id: other });
    await list(resourceGroups.list, { account_id, name: `com.cloudflare.api.account.${id}` });
    await call(userGroups.members.get, { account_id, user_group_id: other, member_id: id });
    expect(lists.sent.concat(sent).map(({ method, url }) => `${method} ${url.replace(at, "…")}`)).toEqual([
      "GET https://api.cloudflare.com/client/v4/accounts?name=Acme+%26+S%C3%B6hne&direction=desc&page=2&per_page=50",
      "GET …/members?status=pending&order=user.first_name&direction=asc",
      "GET …/iam/user_groups?fuzzyName=ops%2F2%3F&page=1&per_page=500",
      `GET …/iam/user_groups/${other}/members?fuzzyEmail=a%2Bb%40acme.example`,
      `GET …/iam/permission_groups?label=dns_admin&id=${other}`,
      `GET …/iam/resource_groups?name=com.cloudflare.api.account.${id}`,
      `GET …/iam/user_groups/${other}/members/${id}`,
    ]);
  });

  test("carries a body as JSON where there is one, and says so only then", async () => {
    const { call, sent } = client({ envelope: { result: [] } });
    await call(userGroups.members.replace, { account_id, user_group_id: other }, [{ id }]);
    await call(ssoConnectors.beginVerification, { account_id, sso_connector_id: other });
    expect(sent).toMatchObject([
      { method: "PUT", body: JSON.stringify([{ id }]), headers: { "content-type": "application/json" } },
      { method: "POST", url: `${at}/sso_connectors/${other}/begin_verification`, body: undefined },
    ]);
    expect(sent[1]?.headers).not.toHaveProperty("content-type");
  });

  test("carries one credential and nothing else of the caller's", async () => {
    const own = { accept: "application/json", "user-agent": "cloudflare-iam-graphql" };
    const byToken = client();
    const byKey = client({}, { email: "a@acme.example", key: "k3y" });
    await Promise.all([byToken, byKey].map(({ ask }) => ask(accounts.list)));
    expect(byToken.sent[0]?.headers).toEqual({ ...own, authorization: "Bearer s3cret" });
    expect(byKey.sent[0]?.headers).toEqual({ ...own, "x-auth-email": "a@acme.example", "x-auth-key": "k3y" });
  });

  test("is not made without a credential", async () => {
    const { ask, sent } = client({}, null);
    for (const endpoint of endpoints) expect(await refusalOf(ask(endpoint))).toMatchObject({ kind: "unauthenticated" });
    expect(sent).toEqual([]);
  });

  test("is not made with an ID that is no plain identifier, in whatever place", async () => {
    const { ask, sent } = client();
    for (const endpoint of endpoints) {
      for (const [, name = ""] of endpoint.route.matchAll(/\{(\w+)\}/g)) {
        for (const hostile of [...hostileIds, "", "a".repeat(65), "-a", undefined, null, 7, {}]) {
          const error = await refusalOf(ask(endpoint, { ...ids, [name]: hostile }));
          expect(error).toMatchObject({ kind: "invalid_response", status: null, route: endpoint.route });
          expect(error.message).toBe(`${endpoint.route} was not called: its ${name} is not a plain identifier.`);
        }
      }
    }
    expect(sent).toEqual([]);
  });
});

describe("an answer", () => {
  const lists = endpoints.filter(({ result }) => Array.isArray(result.safeParse(null).data));
  const nothing = /^DELETE|begin_verification/;
  const singles = endpoints.filter((record) => !lists.includes(record) && !nothing.test(record.route));

  test.for(lists.map((record) => [record.route, record] as const))(
    "%s is a list, also where it is missing",
    async ([, record]) => {
      const answer = { result: [], info: undefined, messages: [] };
      const expected = record.route.startsWith("GET ") ? answer : { ...answer, rayId: null };
      for (const result of [null, undefined, []]) {
        expect(await client({ envelope: { result } }).ask(record)).toEqual(expected);
      }
      const error = async (result: unknown) => refusalOf(client({ envelope: { result } }).ask(record));
      for (const result of [{}, "none", 7]) {
        expect(await error(result)).toMatchObject({ kind: "invalid_response", status: 200, route: record.route });
        expect((await error(result)).message).toMatch(/ answered something unexpected at result: /);
      }
      for (const odd of [null, 7, "x", [], { id: 7 }]) {
        // A write is compared with what was sent: it needs every record of its answer.
        if (!record.route.startsWith("GET ")) {
          expect(await error([odd])).toMatchObject({ kind: "invalid_response", done: true });
          continue;
        }
        const { result } = await client({ envelope: { result: [{ id }, odd, { id: other }] } }).ask(record);
        const [first, unreadable, last] = result as { id: string }[];
        expect([first?.id, last?.id]).toEqual([id, other]);
        if (record.route.endsWith("resource_groups") || record.route.endsWith("sso_connectors")) continue;
        expect(unreadable).toBeInstanceOf(UnreadableRecord);
        expect(unreadable).toMatchObject({ kind: "invalid_response", status: 200, route: record.route, id: undefined });
        expect((unreadable as unknown as Error).message).toMatch(
          / answered something unexpected at result\.1(\.id)?: /,
        );
      }
    },
  );

  test.for(singles.map((record) => [record.route, record] as const))(
    "%s is a record, with the ID alone",
    async ([, record]) => {
      expect((await client({ envelope: { result: { id } } }).ask(record)).result).toMatchObject({ id });
      for (const result of [null, undefined, "none", 7, { id: 7 }]) {
        const error = await refusalOf(client({ envelope: { result } }).ask(record));
        expect(error.message).toMatch(/ answered something unexpected at result(\.id)?: /);
      }
    },
  );

  test("to a DELETE may say nothing", async () => {
    for (const record of endpoints.filter(({ route }) => nothing.test(route))) {
      for (const result of [null, undefined, { id }])
        expect(await client({ envelope: { result } }).ask(record)).toBeDefined();
    }
  });

  test.for([
    ["result.0.id", userGroups.list, [{ name: "x" }], undefined],
    ["result.0.name", userGroups.list, [{ id, name: 7 }], id],
    ["result.0.user.email", members.list, [{ id, user: { email: 7 } }], id],
    ["result.1.email", userGroups.members.list, [{ id }, { id, email: {} }], id],
    ["result.0.meta", permissionGroups.list, [{ id, meta: "x" }], id],
    ["result.0.scope", resourceGroups.list, [{ id, scope: "x" }], id],
    ["result.0.verification.status", ssoConnectors.list, [{ id, verification: { status: 1 } }], id],
  ] as const)(
    "has a record that does not fit as a failure in its place, naming %s",
    async ([place, record, result, known]) => {
      const said = { envelope: { result }, headers: { "cf-ray": "8-AMS" } };
      const answer = await client(said).ask(record as Endpoint);
      const unreadable = (answer.result as unknown[]).find((each) => each instanceof UnreadableRecord);
      expect(unreadable).toMatchObject({
        kind: "invalid_response",
        status: 200,
        rayId: "8-AMS",
        errors: [],
        id: known,
      });
      expect((unreadable as Error).message).toContain(`${record.route} answered something unexpected at ${place}: `);
    },
  );

  test.for([
    ["result.settings.enforce_twofactor", accounts.get, { id, settings: { enforce_twofactor: "yes" } }],
    ["result.verification.status", ssoConnectors.get, { id, verification: { status: 1 } }],
    ["result.name", userGroups.get, { id, name: 7 }],
  ] as const)("that does not fit is refused, naming %s", async ([place, record, result]) => {
    const error = await refusalOf(
      client({ envelope: { result }, headers: { "cf-ray": "8-AMS" } }).ask(record as Endpoint),
    );
    expect(error).toMatchObject({ kind: "invalid_response", status: 200, rayId: "8-AMS", errors: [] });
    expect(error.message).toContain(`${record.route} answered something unexpected at ${place}: `);
  });

  const policy = (rest: object) => ({ policies: [{ ...rest }] });
  type Within = { policies: { permission_groups: unknown[]; resource_groups: unknown[] }[]; roles: unknown[] };
  test.for<[says: string, record: Endpoint, rest: object, look: (record: Within) => unknown, words: string]>([
    [
      "policies that are none",
      userGroups.get,
      { policies: {} },
      ({ policies }) => policies.length,
      "in place of a list",
    ],
    [
      "a policy that is a list",
      userGroups.get,
      { policies: [{}, []] },
      ({ policies }) => [...policies],
      "at 1 of a list",
    ],
    [
      "an access that is no word",
      userGroups.get,
      policy({ access: true }),
      ({ policies }) => policies[0],
      "at 0 of a list",
    ],
    [
      "permission groups without ID",
      userGroups.get,
      policy({ permission_groups: [{}] }),
      ({ policies }) => policies[0]?.permission_groups.map(String),
      "at 0 of a list",
    ],
    [
      "a scope that is a word",
      members.get,
      policy({ resource_groups: [{ scope: "x" }] }),
      ({ policies }) => policies[0]?.resource_groups.length,
      "at 0 of a list",
    ],
    ["a role that is a bare ID", members.get, { roles: [{ id }, id] }, ({ roles }) => roles.length, "at 1 of a list"],
    [
      "a role with odd rights",
      members.get,
      { roles: [{ id, permissions: { zones: { read: 1 } } }] },
      ({ roles }) => JSON.stringify(roles),
      "at 0 of a list",
    ],
  ])("with %s fails whoever looks there, and nobody else", async ([, record, rest, look, words]) => {
    const { result } = await client({ envelope: { result: { id, name: "x", ...rest } } }).ask(record);
    expect((result as { id: string }).id).toBe(id);
    expect(() => look(result as Within)).toThrow(`Cloudflare sent something unexpected ${words}: `);
    expect(() => look(result as Within)).toThrow(CloudflareError);
  });

  test.for([
    `{"result":[]}`,
    `{"result":[],"success":"true"}`,
    `{"result":[],"success":1}`,
    "null",
    "[]",
    `"ok"`,
    "",
    "<html>",
    `{"result":[],"success":tru`,
  ])("that is no envelope is none of Cloudflare's: %s", async (text) => {
    const error = await refusalOf(client({ text }).ask(accounts.list));
    expect(error).toMatchObject({ kind: "invalid_response", status: 200, done: false });
    expect(error.message).toContain("GET /accounts was answered with 200 and ");
    expect(error.message).toContain("which is none of Cloudflare's answers");
  });

  test("of 204 is a yes to a write that shows nothing, and none to a read", async () => {
    for (const record of endpoints.filter(({ route }) => nothing.test(route))) {
      expect(await client({ status: 204, text: "" }).ask(record)).toMatchObject({ messages: [] });
    }
    const creates = await refusalOf(client({ status: 204, text: "" }).ask(userGroups.create));
    expect(creates).toMatchObject({ kind: "invalid_response", status: 204, done: true });
    for (const record of [accounts.list, accounts.get]) {
      expect(await refusalOf(client({ status: 204, text: "" }).ask(record))).toMatchObject({
        kind: "invalid_response",
        done: false,
      });
    }
  });

  test("to a write is done once Cloudflare says so, even if the rest cannot be read", async () => {
    const said = (envelope: object) => refusalOf(client({ envelope }).ask(userGroups.create));
    expect(await said({ result: { id: 7 } })).toMatchObject({ kind: "invalid_response", done: true });
    expect(await said({ success: "true", result: { id } })).toMatchObject({ kind: "invalid_response", done: false });
    const read = await refusalOf(client({ envelope: { result: { id: 7 } } }).ask(userGroups.get));
    expect(read).toMatchObject({ kind: "invalid_response", done: false });
  });

  test("to `begin_verification` shows nothing, and is a yes only with `success: true`", async () => {
    const begin = ssoConnectors.beginVerification;
    expect(await client({ text: `{"success":true}` }).ask(begin)).toMatchObject({ result: undefined });
    for (const text of ["", "{}", "<html>", `{"success":"true"}`, `{"result":{}}`]) {
      expect(await refusalOf(client({ text }).ask(begin))).toMatchObject({ kind: "invalid_response", done: false });
    }
  });

  test.for<[says: string, envelope: object, info: object | undefined, messages: object[]]>([
    ["numbers that are none", { result_info: { page: 0, per_page: "50", total_count: -1, total_pages: 1.5 } }, {}, []],
    ["a place that is none", { result_info: [] }, undefined, []],
    ["remarks without code", { messages: [{ message: "x", type: null }] }, undefined, [{ message: "x" }]],
    ["remarks that are text", { messages: ["x"] }, undefined, [{ message: "x" }]],
    ["no remarks", { messages: null, errors: null, result_info: null }, undefined, []],
    ["errors beside a success", { errors: [{ code: 1 }], surprise: 1 }, undefined, []],
  ])("is not spoilt by %s", async ([, envelope, info, messages]) => {
    const answer = await client({ envelope: { result: [{ id, surprise: {} }], ...envelope } }).ask(accounts.list);
    expect(answer.result).toEqual([{ id }]);
    expect(answer.info === undefined ? undefined : Object.values(answer.info).filter((value) => value != null)).toEqual(
      info && [],
    );
    expect(answer.messages).toMatchObject(messages);
    expect(answer.messages).toHaveLength(messages.length);
  });

  test.for<[says: string, meta: unknown, read: object | undefined]>([
    ["as the map it is", { label: "dns_admin", editable: "false" }, { label: "dns_admin", editable: "false" }],
    ["as the key and value it is documented as", { key: "label", value: "dns_admin" }, { label: "dns_admin" }],
    [
      "with values that are no strings",
      { a: true, b: 7, c: ["x"], d: { e: 1 } },
      { a: "true", b: "7", c: '["x"]', d: '{"e":1}' },
    ],
    ["without values that are none", { a: null, b: "x" }, { b: "x" }],
    ["that is missing", null, undefined],
    ["with names of the prototype", { constructor: "x", toString: "y" }, { constructor: "x", toString: "y" }],
  ])("has `meta` read %s", async ([, meta, read]) => {
    const { result } = await client({ envelope: { result: { id, meta } } }).call(permissionGroups.get, ids);
    expect(result.meta).toEqual(read);
  });

  test("nested deeper than anybody can read loses what is so deep", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const text = `{"success":true,"result":{"id":"${id}","name":"x","meta":{"a":${deep},"b":"c"},"deep":${deep}}}`;
    const { result } = await client({ text }).call(permissionGroups.get, ids);
    expect(result).toEqual({ id, name: "x", meta: { b: "c" } });
  });
});

test("reads are GET alone", () => {
  expect(["GET /a", "POST /a", "PUT /a", "PATCH /a", "DELETE /a"].filter(isRead)).toEqual(["GET /a"]);
});
