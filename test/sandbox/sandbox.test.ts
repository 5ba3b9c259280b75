import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/cloudflare/endpoint.ts";
import { endpoints } from "../../src/cloudflare/index.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import type { ResultInfo } from "../../src/sandbox/page.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { createPause } from "../../src/sandbox/server.ts";
import type { Member, Policy, SsoConnector } from "../../src/sandbox/state.ts";
import { waitFor } from "../wait-for.ts";

const base = "https://api.cloudflare.com/client/v4";
const acme = `/accounts/${acmeId}`;
const nobody = "0".repeat(32);
const admin = { authorization: "Bearer sandbox-admin" };

/** A row of any resource, with whatever the tests look at. */
interface Row {
  id: string;
  name: string;
  email: string;
  status: string;
  type: string;
  enabled: boolean;
  created_on: string;
  created_at: string;
  policies?: Policy[];
  user: Member["user"];
  verification: SsoConnector["verification"];
}
interface Envelope<Result> {
  result: Result;
  result_info: ResultInfo;
  success: boolean;
  errors: { code: number; message: string; error_chain?: { code: number; message: string }[] }[];
}

/** A fresh sandbox, and a client that reads what it answers. */
function play(options: SandboxOptions = {}) {
  const sandbox = createSandbox(options);
  const send = async (path: string, headers: Record<string, string> = admin, method = "GET") => {
    const response = await sandbox.handle({ method, url: base + path, headers });
    return { ...response, json: JSON.parse(response.text) as Envelope<unknown> };
  };
  async function get<Result = Row[]>(path: string) {
    const response = await send(path);
    expect([response.status, response.json.errors]).toEqual([200, []]);
    return response.json as Envelope<Result>;
  }
  const refusal = async (path: string, headers: Record<string, string> = admin, method = "GET") => {
    const { status, json } = await send(path, headers, method);
    expect(json).toMatchObject({ success: false, messages: [] });
    expect(json.errors).toHaveLength(1);
    return { status, ...json.errors[0], result: json.result };
  };
  return { sandbox, send, get, refusal };
}

const account = (sandbox: Sandbox, id = acmeId) => {
  const found = sandbox.state.accounts.get(id);
  if (!found) throw new Error("no such account");
  return found;
};
const first = <Row>(rows: Map<string, Row>): [string, Row] => {
  for (const entry of rows) return entry;
  throw new Error("nothing there");
};
const at = <Item>(items: Item[], index = 0): Item => {
  const item = items[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
};
const groupNamed = (sandbox: Sandbox, name: string) => {
  const found = [...account(sandbox).userGroups.values()].find((group) => group.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
};
const names = (json: Envelope<Row[]>) => json.result.map(({ name }) => name);

describe("the table", () => {
  test("every read row answers, and its answer fits the row's own schema", async () => {
    const { sandbox, get } = play();
    const state = account(sandbox);
    const group = groupNamed(sandbox, "Security");
    const ids: Record<string, string> = {
      account_id: acmeId,
      member_id: first(group.members)[0],
      permission_group_id: first(state.permissionGroups)[0],
      resource_group_id: first(state.resourceGroups)[0],
      user_group_id: group.id,
      sso_connector_id: first(state.ssoConnectors)[0],
      zone_id: first(state.zones)[0],
      token_id: first(state.apiTokens)[0],
      role_id: "05784afa30c1afe1440e79d9351c7430",
    };
    const reads = endpoints.filter(({ route }: Endpoint) => route.startsWith("GET "));
    expect(reads.length).toBeGreaterThan(10);
    for (const { route, result } of reads) {
      const json = await get(route.slice(4).replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? ""));
      const how = `${route}: give \`ids\` here an ID for each placeholder, and correct the handler in src/sandbox/`;
      expect(result.safeParse(json.result), how).toMatchObject({ success: true });
    }
    expect(sandbox.calls.map((call) => call.route)).toEqual(reads.map(({ route }) => route));
  });

  test("a path that no row knows is 7003, a method that a path does not take 7001", async () => {
    const { refusal } = play();
    expect(await refusal("/ips")).toEqual({
      status: 404,
      code: 7003,
      message: "No route for the URI",
      result: null,
    });
    expect(await refusal("/accounts", admin, "DELETE")).toMatchObject({ status: 405, code: 7001 });
  });

  test("a base path other than /client/v4 leads nowhere", async () => {
    const { sandbox } = play();
    const response = await sandbox.handle({
      method: "GET",
      url: "https://api.cloudflare.com/accounts",
      headers: admin,
    });
    expect(response.status).toBe(404);
  });

  test("a collection answers with a slash at the end, too", async () => {
    const { get } = play();
    expect((await get("/accounts/")).result).toHaveLength(2);
  });

  test("an account that is not there is 7003, and so is everything below it", async () => {
    const { refusal } = play();
    for (const path of ["", "/members", "/iam/user_groups", `/iam/user_groups/${nobody}`, "/sso_connectors"]) {
      expect(await refusal(`/accounts/${nobody}${path}`), path).toMatchObject({ status: 404, code: 7003 });
    }
  });

  test("an ID that is not 32 hex digits is 7003, except a member's", async () => {
    const { refusal } = play();
    expect(await refusal("/accounts/acme")).toMatchObject({ status: 404, code: 7003 });
    expect(await refusal(`${acme}/iam/user_groups/${"z".repeat(32)}`)).toMatchObject({ status: 404, code: 7003 });
    expect(await refusal(`${acme}/members/${"0".repeat(34)}`)).toMatchObject({ status: 404, code: 1003 });
  });
});

describe("credentials", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const key = (email: string, secret: string) => ({ "x-auth-email": email, "x-auth-key": secret });

  test.each([
    ["no credential at all", {}, 400, 9106, undefined],
    ["a key without an address", { "x-auth-key": "sandbox-admin-key" }, 400, 9106, undefined],
    ["another scheme", { authorization: "Basic c2FuZGJveA==" }, 400, 6003, 6111],
    ["a token with a space", bearer("sandbox admin"), 400, 6003, 6111],
    ["an unknown token", bearer("x".repeat(40)), 403, 9109, undefined],
    ["a token in the place of a key", key("admin@acme.example", "sandbox-admin"), 400, 6003, 6103],
    ["an unknown key", key("admin@acme.example", "a".repeat(37)), 403, 9103, undefined],
    ["another user's key", key("reader@acme.example", "sandbox-admin-key"), 403, 9103, undefined],
  ])("%s is refused", async (_, headers, status, code, chain) => {
    const { sandbox, send, refusal } = play();
    const refused = await refusal("/accounts", headers);
    expect(refused).toMatchObject({ status, code, result: null });
    expect(refused.error_chain?.[0]?.code).toBe(chain);
    expect(sandbox.calls[0]?.token).toBeNull();
    const answer = JSON.stringify(await send("/accounts", headers)) + JSON.stringify(sandbox.calls);
    for (const secret of ["x".repeat(40), "a".repeat(37), "c2FuZGJveA", "sandbox"])
      expect(answer).not.toContain(secret);
  });

  test("the words of a refused token are Cloudflare's", async () => {
    const { refusal } = play();
    expect(await refusal("/accounts", bearer("nobody"))).toMatchObject({ message: "Invalid access token" });
    expect(await refusal("/accounts", { authorization: "sandbox-admin" })).toMatchObject({
      message: "Invalid request headers",
      error_chain: [{ code: 6111, message: "Invalid format for Authorization header" }],
    });
  });

  test("an address and its key are as good as a token", async () => {
    const { send } = play();
    expect((await send("/accounts", key("admin@acme.example", "sandbox-admin-key"))).status).toBe(200);
  });

  test("the reader reads, and may not write", async () => {
    const { send, refusal } = play();
    expect((await send(`${acme}/iam/user_groups`, bearer("sandbox-reader"))).status).toBe(200);
    for (const [method, path] of [
      ["POST", `${acme}/iam/user_groups`],
      ["DELETE", `${acme}/sso_connectors/${nobody}`],
    ] as const) {
      expect(await refusal(path, bearer("sandbox-reader"), method)).toMatchObject({
        status: 403,
        code: 9109,
        message: "Unauthorized to access requested resource",
      });
    }
  });

  test("the record of calls says whose credential it was, never which", async () => {
    const { sandbox, send } = play();
    await send("/accounts?name=Acme");
    await send("/nothing", bearer("sandbox-reader"));
    await send(acme, key("admin@acme.example", "sandbox-admin-key"));
    expect(sandbox.calls).toEqual([
      {
        route: "GET /accounts",
        method: "GET",
        path: "/accounts",
        query: { name: "Acme" },
        status: 200,
        token: "admin",
      },
      { route: "GET /nothing", method: "GET", path: "/nothing", query: {}, status: 404, token: "reader" },
      { route: "GET /accounts/{account_id}", method: "GET", path: acme, query: {}, status: 200, token: "key" },
    ]);
  });
});

describe("lists", () => {
  test.each([
    ["/accounts", 5, 20, 50],
    [`${acme}/members`, 5, 20, 50],
    [`${acme}/iam/permission_groups`, 5, 20, 50],
    [`${acme}/iam/user_groups`, 1, 100, 500],
    ["/zones", 5, 20, 50],
    [`${acme}/tokens`, 5, 20, 50],
  ])("%s takes its own page sizes", async (path, min, standard, max) => {
    const { get, refusal } = play();
    expect((await get(path)).result_info).toMatchObject({ page: 1, per_page: standard });
    for (const size of [min, max]) expect((await get(`${path}?per_page=${size}`)).result_info.per_page).toBe(size);
    for (const size of [min - 1, max + 1, "many", 5.5]) {
      expect(await refusal(`${path}?per_page=${size}`)).toMatchObject({
        status: 400,
        code: 6008,
        message: "Invalid request parameters",
        error_chain: [{ code: 11000, message: `per_page variable must be a number between ${min} and ${max}` }],
        result: null,
      });
    }
    expect(await refusal(`${path}?page=0`)).toMatchObject({ status: 400, code: 6008 });
  });

  test("pages follow each other without overlap, and past the end there is an empty one", async () => {
    const { get } = play();
    const pages = await Promise.all([1, 2, 3, 4].map((page) => get(`${acme}/members?per_page=25&page=${page}`)));
    expect(pages.map(({ result_info }) => result_info)).toEqual(
      [25, 25, 10, 0].map((count, index) => ({ page: index + 1, per_page: 25, count, total_count: 60 })),
    );
    expect(new Set(pages.flatMap(({ result }) => result.map((row) => row.id))).size).toBe(60);
    expect(pages[3]?.result).toEqual([]);
  });

  test("only user groups and their members tell how many pages there are", async () => {
    const { sandbox, get } = play();
    const { id } = groupNamed(sandbox, "Frontend Guild");
    const info = async (path: string) => (await get(path)).result_info;
    expect(await info(`${acme}/iam/user_groups?per_page=5`)).toMatchObject({ total_count: 16, total_pages: 4 });
    expect(await info(`${acme}/iam/user_groups/${id}/members?per_page=5`)).toMatchObject({
      count: 5,
      total_count: 11,
      total_pages: 3,
    });
    for (const path of ["/accounts", `${acme}/members`, `${acme}/iam/permission_groups`]) {
      expect(await info(path)).not.toHaveProperty("total_pages");
    }
  });

  test("resource groups and SSO connectors are one page without result_info", async () => {
    const { get } = play();
    for (const path of ["iam/resource_groups", "sso_connectors"]) {
      expect(await get(`${acme}/${path}?page=2&per_page=1`)).not.toHaveProperty("result_info");
      expect((await get(`${acme}/${path}?page=2&per_page=1`)).result.length).toBeGreaterThan(3);
    }
  });

  test("total_count counts without the filters", async () => {
    const { sandbox, get } = play();
    const one = await get(`${acme}/iam/user_groups?name=Security`);
    expect(names(one)).toEqual(["Security"]);
    expect(one.result_info).toMatchObject({ count: 1, total_count: 16 });
    const pending = await get(`${acme}/members?status=pending`);
    expect(pending.result_info).toMatchObject({ count: pending.result.length, total_count: 60 });
    const { id, members } = groupNamed(sandbox, "Frontend Guild");
    const found = await get(`${acme}/iam/user_groups/${id}/members?fuzzyEmail=zzz`);
    expect(found.result_info).toMatchObject({ count: 0, total_count: members.size });
  });

  test("an empty list is null for resource groups and group members, [] elsewhere", async () => {
    const { sandbox, get } = play();
    const empty = groupNamed(sandbox, "New Joiners").id;
    const members = await get(`${acme}/iam/user_groups/${empty}/members`);
    expect(members).toMatchObject({ result: null, success: true, result_info: { count: 0, total_count: 0 } });
    expect((await get(`${acme}/iam/resource_groups?name=nothing`)).result).toBeNull();
    for (const path of ["/accounts", `${acme}/iam/user_groups`, `${acme}/iam/permission_groups`]) {
      expect((await get(`${path}?name=nothing`)).result).toEqual([]);
    }
    expect((await get(`${acme}/members?status=rejected`)).result).toEqual([]);
  });

  test("name, label and id are exact, fuzzyName is part of a name in any case", async () => {
    const { sandbox, get } = play();
    expect(names(await get(`${acme}/iam/user_groups?name=Support`))).toEqual([]);
    expect(names(await get(`${acme}/iam/user_groups?fuzzyName=sUPPORT`))).toEqual(["Support Tier 1", "Support Tier 2"]);
    const { id } = groupNamed(sandbox, "Finance");
    expect(names(await get(`${acme}/iam/user_groups?id=${id}`))).toEqual(["Finance"]);
    const [, [resourceId]] = [...account(sandbox).resourceGroups] as [unknown, [string, unknown]];
    expect((await get(`${acme}/iam/resource_groups?id=${resourceId}`)).result).toMatchObject([{ id: resourceId }]);
    expect(names(await get(`${acme}/iam/permission_groups?label=dns_admin`))).toEqual(["DNS"]);
    expect(names(await get(`${acme}/iam/permission_groups?name=Logs%20Read`))).toEqual(["Logs Read", "Logs Read"]);
    expect(names(await get(`${acme}/iam/permission_groups?id=49ce85367bae433b9f0717ed4fea5c74`))).toEqual(["DNS"]);
    expect((await get(`${acme}/iam/resource_groups?name=Marketing%20Sites`)).result).toHaveLength(2);
    expect(names(await get("/accounts?name=Acme"))).toEqual(["Acme"]);
  });

  test("user groups come by name, group members by e-mail, both ways", async () => {
    const { sandbox, get } = play();
    const { id } = groupNamed(sandbox, "Frontend Guild");
    const members = `${acme}/iam/user_groups/${id}/members`;
    const emails = (json: Envelope<Row[]>) => json.result.map((row) => row.email);
    const [groups, people] = [names(await get(`${acme}/iam/user_groups`)), emails(await get(members))];
    expect(groups).toEqual([...groups].sort());
    expect(people).toEqual([...people].sort());
    expect(names(await get(`${acme}/iam/user_groups?direction=desc`))).toEqual(groups.toReversed());
    expect(emails(await get(`${members}?direction=desc`))).toEqual(people.toReversed());
    expect(emails(await get(`${members}?fuzzyEmail=${at(people, 3).slice(1, 6).toUpperCase()}`))).toContain(people[3]);
    expect(names(await get("/accounts?direction=desc"))).toEqual(["Acme Ventures", "Acme"]);
  });

  test("members come as they joined, or by first name, last name, e-mail or status", async () => {
    const { sandbox, get } = play();
    const path = `${acme}/members?per_page=50`;
    const joined = [...account(sandbox).members.keys()];
    const ids = (json: Envelope<Row[]>) => json.result.map(({ id }) => id);
    expect(ids(await get(path))).toEqual(joined.slice(0, 50));
    expect(ids(await get(`${path}&direction=desc`))).toEqual(joined.toReversed().slice(0, 50));
    const first = (json: Envelope<Row[]>) => json.result.map(({ user }) => user.first_name?.toLowerCase() ?? "");
    const firstNames = first(await get(`${path}&order=user.first_name`));
    expect(firstNames).toEqual([...firstNames].sort());
    const email = (json: Envelope<Row[]>) => json.result.map((row) => row.email ?? row.user.email);
    const emails = email(await get(`${path}&order=user.email`));
    expect(emails).toEqual([...emails].sort());
    const last = (json: Envelope<Row[]>) => json.result.map((row) => row.user.last_name?.toLowerCase() ?? "");
    const ordered = last(await get(`${path}&order=user.last_name`));
    expect(ordered).toEqual([...ordered].sort());
    const status = (json: Envelope<Row[]>) => json.result.map((row) => row.status);
    expect(status(await get(`${path}&order=status&direction=desc`)).slice(0, 8)).toEqual(Array(8).fill("pending"));
    expect(new Set(status(await get(`${acme}/members?status=pending`)))).toEqual(new Set(["pending"]));
  });

  test.each(["members?status=gone", "members?order=email", "iam/user_groups?direction=up"])(
    "%s is an invalid parameter",
    async (path) => {
      expect(await play().refusal(`${acme}/${path}`)).toMatchObject({ status: 400, code: 6008 });
    },
  );

  test("parameters that nobody knows are ignored", async () => {
    expect((await play().get(`${acme}/iam/user_groups?fuzzyname=x&color=red`)).result).toHaveLength(16);
  });
});

describe("things that are not there", () => {
  test("a member is 1003, with an empty list for a result", async () => {
    const { refusal } = play();
    expect(await refusal(`${acme}/members/${nobody}`)).toMatchObject({ status: 404, code: 1003, result: [] });
  });

  test.each([
    ["iam/user_groups", "User group"],
    ["iam/resource_groups", "Resource group"],
    ["iam/permission_groups", "Permission group"],
    ["sso_connectors", "SSO connector"],
  ])("in %s the code is the status", async (path, words) => {
    const refused = await play().refusal(`${acme}/${path}/${nobody}`);
    expect(refused).toMatchObject({ status: 404, code: 404, result: null });
    expect(refused.message).toContain(words);
  });

  test("a group that is not there has no members either", async () => {
    const { refusal } = play();
    const refused = await refusal(`${acme}/iam/user_groups/${nobody}/members`);
    expect(refused).toMatchObject({ status: 404, code: 404, message: expect.stringContaining("User group") });
  });

  test("a member of the account who is not in the group is not found in it", async () => {
    const { sandbox, refusal } = play();
    const { id } = groupNamed(sandbox, "New Joiners");
    const [memberId] = first(account(sandbox).members);
    const refused = await refusal(`${acme}/iam/user_groups/${id}/members/${memberId}`);
    expect(refused).toMatchObject({
      status: 404,
      code: 404,
      message: expect.stringContaining("not found in user group"),
    });
  });

  test("one account does not show what is in the other", async () => {
    const { sandbox, refusal, get } = play();
    const { id } = groupNamed(sandbox, "Security");
    expect((await refusal(`/accounts/${venturesId}/iam/user_groups/${id}`)).status).toBe(404);
    expect(names(await get(`/accounts/${venturesId}/iam/user_groups`))).toEqual(["Advisors", "Founders", "Web Team"]);
  });
});

describe("the company", () => {
  test("is the same in every sandbox, and shared by none", async () => {
    const [one, other] = [play(), play()];
    expect(one.sandbox.state).toEqual(other.sandbox.state);
    groupNamed(one.sandbox, "Finance").name = "Money";
    expect(names(await one.get(`${acme}/iam/user_groups`))).toContain("Money");
    expect(names(await other.get(`${acme}/iam/user_groups`))).not.toContain("Money");
  });

  test("has two accounts, an enterprise and a standard one", async () => {
    const { get } = play();
    const { result } = await get("/accounts");
    expect(result.map((row) => [row.id, row.name, row.type])).toEqual([
      [acmeId, "Acme", "enterprise"],
      [venturesId, "Acme Ventures", "standard"],
    ]);
  });

  test("has groups with none to four policies; without any there is no key", async () => {
    const { get } = play();
    const { result } = await get(`${acme}/iam/user_groups`);
    const counts = result.map((group) => group.policies?.length ?? 0);
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(result.filter((group) => !("policies" in group)).map((group) => group.name)).toEqual([
      "Contractors",
      "Finance",
      "New Joiners",
    ]);
    const stamps = result.map((group) => group.created_on).join();
    expect(stamps).toMatch(/\d\.\d{6}Z/);
    expect(stamps).toMatch(/\d\dZ/);
  });

  test("embeds whole policies in the list: vendor fields, and inline scopes without ID, name and meta", async () => {
    const { get } = play();
    const { result } = await get(`${acme}/iam/user_groups?name=Release%20Managers`);
    const policy = at(at(result).policies ?? []);
    expect(policy).toMatchObject({
      access: "allow",
      status: "V",
      permission_groups: [
        { name: "Zone Versioning", status: "V", meta: { editable: "false", label: "zone_versioning" } },
        { id: "132c52e7e6654b999c183cfcbafd37d7", name: "Domain DNS" },
      ],
    });
    const [named, inline] = [at(policy.resource_groups), at(policy.resource_groups, 1)];
    expect(named).toMatchObject({ name: "Staging", meta: { editable: "true" } });
    expect(named.scope.objects).toHaveLength(2);
    expect(Object.keys(inline).sort()).toEqual(["created_on", "modified_on", "scope"]);
  });

  test("has the built-in resource group, not as the first", async () => {
    const { get } = play();
    const name = `com.cloudflare.api.account.${acmeId}`;
    const all = names(await get(`${acme}/iam/resource_groups`));
    expect(all.indexOf(name)).toBeGreaterThan(0);
    const { result } = await get(`${acme}/iam/resource_groups?name=${name}`);
    expect(result).toMatchObject([{ meta: { editable: "false" }, scope: { key: name, objects: [{ key: "*" }] } }]);
  });

  test("has invited members without a user, and addresses now here, now there", async () => {
    const { sandbox } = play();
    const members = [...account(sandbox).members.values()];
    expect(members).toHaveLength(60);
    const pending = members.filter(({ status }) => status === "pending");
    expect(pending.length).toBeGreaterThan(5);
    for (const { email, user } of pending) {
      expect(email).toMatch(/^[a-z.-]+@acme\.example$/);
      expect(user).toMatchObject({ id: null, first_name: null, last_name: null });
      expect(user).not.toHaveProperty("email");
    }
    const accepted = members.filter(({ status }) => status === "accepted");
    expect(new Set(accepted.map((member) => "email" in member))).toEqual(new Set([true, false]));
    expect(new Set(accepted.map(({ user }) => user.two_factor_authentication_enabled))).toEqual(new Set([true, false]));
    expect(members.filter(({ policies, roles }) => policies.length && roles.length).length).toBeGreaterThan(3);
  });

  test("has people in none, one and several groups", () => {
    const { members, userGroups } = account(createSandbox());
    const counts = [...members.keys()].map(
      (id) => [...userGroups.values()].filter((group) => group.members.has(id)).length,
    );
    expect(counts).toContain(0);
    expect(counts).toContain(1);
    expect(Math.max(...counts)).toBeGreaterThan(1);
  });

  test("shows when a member was added, and a little of the user", async () => {
    const { sandbox, get } = play();
    const group = groupNamed(sandbox, "Security");
    const [memberId, created_at] = first(group.members);
    const { result } = await get<Row>(`${acme}/iam/user_groups/${group.id}/members/${memberId}`);
    expect(result).toMatchObject({ id: memberId, created_at, status: "accepted" });
    expect(Object.keys(result.user)).toEqual(["id", "email", "first_name", "last_name"]);
    const { result: rows } = await get(`${acme}/iam/user_groups/${group.id}/members`);
    expect(Object.keys(at(rows))).toEqual(["id", "email", "status"]);
  });

  test("has SSO connectors in every state, one of them enabled", async () => {
    const { get } = play();
    const { result } = await get(`${acme}/sso_connectors`);
    expect(result.map((row) => [row.verification.status, row.enabled])).toEqual([
      ["verified", true],
      ["pending", false],
      ["awaiting", false],
      ["failed", false],
    ]);
    for (const row of result) expect(row.verification.code).toMatch(/^cloudflare_dashboard_sso=[0-9a-f]{32}$/);
  });

  test("has as many accounts as it is told, those after the second empty", async () => {
    const { get } = play({ accounts: 60 });
    expect((await get("/accounts?per_page=50&page=2")).result_info).toMatchObject({ count: 10, total_count: 60 });
    const { result } = await get("/accounts?name=Account%200060");
    expect((await get(`/accounts/${at(result).id}/iam/user_groups`)).result).toEqual([]);
  });

  test("grows to a thousand groups of fifty", async () => {
    const started = performance.now();
    const { sandbox, get } = play({ groups: 1000, membersPerGroup: 50, members: 2000, quota: false });
    expect(performance.now() - started).toBeLessThan(1000);
    const { result, result_info } = await get(`${acme}/iam/user_groups?per_page=500&page=2`);
    expect(result_info).toMatchObject({ count: 500, total_count: 1000, total_pages: 2 });
    const { id, policies = [] } = at(result, 499);
    const sizes = policies.map(({ permission_groups, resource_groups }) => [
      permission_groups.length,
      resource_groups.length,
    ]);
    expect(sizes).toEqual([
      [3, 2],
      [3, 2],
    ]);
    expect((await get(`${acme}/iam/user_groups/${id}/members`)).result).toHaveLength(50);
    expect(account(sandbox).members.size).toBe(2000);
  });
});

describe("headers and quota", () => {
  test("every answer carries the headers of Cloudflare's edge", async () => {
    const { send } = play();
    for (const path of ["/accounts", "/nothing"]) {
      const { headers } = await send(path);
      expect(headers["content-type"]).toBe("application/json");
      expect(headers["cf-ray"]).toMatch(/^[0-9a-f]{16}-AMS$/);
      expect(headers["ratelimit-policy"]).toBe('"default";q=1200;w=300');
      expect(headers.server).toBe("cloudflare");
    }
    const rays = [await send("/accounts"), await send("/accounts")].map(({ headers }) => headers["cf-ray"]);
    expect(rays[0]).not.toBe(rays[1]);
  });

  test("each answer tells what is left", async () => {
    const { send } = play({ clock: () => new Date("2026-11-22T12:00:00Z") });
    expect((await send("/accounts")).headers.ratelimit).toBe('"default";r=1199;t=300');
    expect((await send("/nothing")).headers.ratelimit).toBe('"default";r=1198;t=300');
  });

  test("beyond the quota everything is refused for a whole window, and then nothing", async () => {
    let now = Date.parse("2026-11-22T12:00:00Z");
    const { send, refusal } = play({ quota: { requests: 2, seconds: 300 }, clock: () => new Date(now) });
    await send("/accounts");
    now += 100_000;
    expect((await send("/accounts")).headers.ratelimit).toBe('"default";r=0;t=200');
    const { status, headers, json } = await send("/accounts");
    expect([status, headers["retry-after"], headers.ratelimit]).toEqual([429, "300", '"default";r=0;t=300']);
    expect(json.errors).toEqual([{ code: 971, message: "Please wait and consider throttling your request speed" }]);
    now += 299_500;
    expect((await send("/nothing")).headers["retry-after"]).toBe("1");
    expect(await refusal("/nothing")).toMatchObject({ status: 429, code: 971 });
    now += 500;
    expect((await send("/accounts")).headers.ratelimit).toBe('"default";r=1;t=300');
  });

  test("token and key of one user share a quota, another user has its own", async () => {
    const { send } = play({ quota: { requests: 1, seconds: 300 } });
    await send("/accounts");
    const key = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };
    expect((await send("/accounts", key)).status).toBe(429);
    expect((await send("/accounts", { authorization: "Bearer sandbox-reader" })).status).toBe(200);
  });

  test("without a quota nothing is counted", async () => {
    const { send } = play({ quota: false });
    for (let n = 0; n < 1300; n++) expect((await send("/accounts")).status).toBe(200);
    expect((await send("/accounts")).headers).not.toHaveProperty("ratelimit");
  });
});

describe("stubbed answers", () => {
  const route = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}";

  test("take the upstream's place, and let through what they do not answer", async () => {
    const { sandbox, send } = play();
    const { id } = groupNamed(sandbox, "Security");
    sandbox.stub(route, ({ params, query }) =>
      params.user_group_id === id && query.broken ? { status: 502, headers: { "x-a": "b" }, text: "null" } : undefined,
    );
    const path = `${acme}/iam/user_groups/${id}`;
    expect((await send(path)).status).toBe(200);
    const stubbed = await send(`${path}?broken=1`);
    expect([stubbed.status, stubbed.text, stubbed.headers["x-a"]]).toEqual([502, "null", "b"]);
    expect(sandbox.calls.map(({ status }) => status)).toEqual([200, 502]);
    expect((await send(`${acme}/iam/user_groups?broken=1`)).status).toBe(200);
  });

  test("are asked in the order in which they were stubbed, until one answers", async () => {
    const { sandbox, send } = play();
    const asked: number[] = [];
    sandbox.stub("GET /accounts", () => void asked.push(1));
    sandbox.stub("GET /accounts", async () => {
      asked.push(2);
      return errorResponse(new ApiError(500, 10000, "Internal error"));
    });
    sandbox.stub("GET /accounts", () => void asked.push(3));
    const { status, json } = await send("/accounts");
    expect([status, json.errors, asked]).toEqual([500, [{ code: 10000, message: "Internal error" }], [1, 2]]);
  });

  test("cannot be stubbed on a route that is not there", () => {
    expect(() => createSandbox().stub("GET /ips", () => undefined)).toThrow("GET /ips");
  });
});

test("a reset makes the accounts what they were at the start, and nothing else", async () => {
  const { sandbox, send } = play({ scim: ["Security"], accounts: 3 });
  const shown = async () => (await send(`${acme}/iam/user_groups?per_page=500`)).text;
  const before = await shown();
  groupNamed(sandbox, "Security").name = "Renamed";
  groupNamed(sandbox, "Auditors").members.clear();
  sandbox.state.accounts.delete([...sandbox.state.accounts.keys()].at(-1) ?? "");
  sandbox.state.inheritedPolicies = true;
  expect(await shown()).not.toBe(before);
  sandbox.reset();
  expect(await shown()).toBe(before);
  expect(sandbox.state.accounts.size).toBe(3);
  expect(sandbox.state.inheritedPolicies).toBe(false);
  expect(groupNamed(sandbox, "Security").scim).toBe(true);
  expect(sandbox.calls).toHaveLength(3);
});

test("jitter is the same in every run, and keeps its bounds", () => {
  const [one, other] = [createPause([10, 50]), createPause([10, 50])];
  const waits = Array.from({ length: 200 }, one);
  expect(waits).toEqual(Array.from({ length: 200 }, other));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...waits)).toBeLessThan(50);
  expect(new Set(waits).size).toBe(200);
});

test("the same company is served over HTTP, until it is closed", async () => {
  const { sandbox } = play({ jitter: [0, 5] });
  const { url, close } = await sandbox.listen();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/client\/v4$/);
  const response = await fetch(`${url}/accounts/${acmeId}/iam/user_groups?per_page=1`, { headers: admin });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cf-ray")).toMatch(/-AMS$/);
  expect(await response.json()).toMatchObject({ result: [{ name: "Auditors" }], result_info: { total_count: 16 } });
  const { id } = groupNamed(sandbox, "New Joiners");
  const [memberId] = first(account(sandbox).members);
  const body = JSON.stringify([{ id: memberId }]);
  const added = await fetch(`${url}/accounts/${acmeId}/iam/user_groups/${id}/members`, {
    method: "POST",
    headers: admin,
    body,
  });
  expect(await added.json()).toMatchObject({ success: true, result: [{ id: memberId }] });
  await close();
  await expect(fetch(`${url}/accounts`, { headers: admin })).rejects.toThrow();
});

test("closing ends the requests that still wait", async () => {
  const sandbox = createSandbox({ jitter: [600_000, 600_000] });
  const { url, close } = await sandbox.listen();
  const waiting = fetch(`${url}/accounts`, { headers: admin }).catch((error: Error) => error);
  await waitFor(() => expect(sandbox.calls).toHaveLength(1));
  await close();
  expect(await waiting).toBeInstanceOf(Error);
});
