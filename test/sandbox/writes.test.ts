import { describe, expect, test } from "vitest";
import { endpoints } from "../../src/cloudflare/index.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { NamedResourceGroup, Policy, SsoConnector } from "../../src/sandbox/state.ts";

const base = "https://api.cloudflare.com/client/v4";
const acme = `/accounts/${acmeId}`;
const groups = `${acme}/iam/user_groups`;
const resources = `${acme}/iam/resource_groups`;
const connectors = `${acme}/sso_connectors`;
const nobody = "0".repeat(32);
const dns = "49ce85367bae433b9f0717ed4fea5c74";

interface Group {
  id: string;
  name: string;
  created_on: string;
  modified_on: string;
  policies?: Policy[];
}
interface Row {
  id: string;
  email: string;
  status: string;
}

/** A fresh sandbox, a client that expects success, and one that expects to be refused. */
function play(options: SandboxOptions = {}) {
  const sandbox = createSandbox(options);
  const send = (method: string, path: string, body?: unknown) =>
    sandbox.handle({
      method,
      url: base + path,
      headers: { authorization: "Bearer sandbox-admin" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  async function ok<Result = Group>(method: string, path: string, body?: unknown): Promise<Result> {
    const { status, text } = await send(method, path, body);
    const { result, ...envelope } = JSON.parse(text);
    expect([status, envelope]).toMatchObject([200, { success: true, errors: [], messages: [] }]);
    const row = endpoints.find(({ route }) => route === sandbox.calls.at(-1)?.route);
    expect(row?.result.safeParse(result), text).toMatchObject({ success: true });
    return result;
  }
  async function refused(method: string, path: string, body?: unknown) {
    const { status, text } = await send(method, path, body);
    const { errors, ...envelope } = JSON.parse(text);
    expect(envelope).toEqual({ result: null, success: false, messages: [] });
    expect(errors).toHaveLength(1);
    return { status, code: errors[0].code, message: errors[0].message };
  }
  const account = sandbox.state.accounts.get(acmeId);
  if (!account) throw new Error("no Acme");
  const group = (name: string) => {
    const found = [...account.userGroups.values()].find((each) => each.name === name);
    if (!found) throw new Error(`no group ${name}`);
    return `${groups}/${found.id}`;
  };
  const people = [...account.members.keys()];
  const person = (index: number) => ({ id: people[index] ?? "" });
  const resource = (name: string) => {
    const found = [...account.resourceGroups.values()].find((each) => each.name === name);
    if (!found) throw new Error(`no resource group ${name}`);
    return found.id;
  };
  const connector = (domain: string) => {
    const found = [...account.ssoConnectors.values()].find((each) => each.email_domain === domain);
    if (!found) throw new Error(`no connector ${domain}`);
    return `${connectors}/${found.id}`;
  };
  const grant = (name = "Storefront") => ({
    access: "allow",
    permission_groups: [{ id: dns }],
    resource_groups: [{ id: resource(name) }],
  });
  return { sandbox, account, send, ok, refused, group, person, resource, connector, grant };
}

const ids = (rows: { id?: string }[] | undefined | null) => (rows ?? []).map(({ id }) => id);

describe("bodies", () => {
  test.each([
    ["nothing", undefined],
    ["no JSON", "{name:"],
    ["another kind of thing", []],
    ["an empty name", { name: "" }],
    ["no name", {}],
  ])("%s is a bad request", async (_, body) => {
    const { account, refused } = play();
    expect(await refused("POST", groups, body)).toMatchObject({ status: 400, code: 400 });
    expect(account.userGroups.size).toBe(16);
  });

  test("an account that is not there is missed before the body is read", async () => {
    const { refused } = play();
    expect(await refused("POST", `/accounts/${nobody}/iam/user_groups`, "{")).toMatchObject({
      status: 404,
      code: 7003,
    });
  });
});

describe("user groups", () => {
  test("a group needs only a name, and is there at once", async () => {
    const { ok } = play({ clock: () => new Date("2026-11-22T12:00:00.123Z") });
    const created = await ok("POST", groups, { name: "Edge" });
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: "Edge",
      status: "V",
      created_on: "2026-11-22T12:00:00.123000Z",
      modified_on: "2026-11-22T12:00:00.123000Z",
    });
    expect(await ok("GET", `${groups}/${created.id}`)).toEqual(created);
    expect(await ok("GET", `${groups}?name=Edge`)).toEqual([created]);
  });

  test("policies are made whole: catalogue and resource groups in full, inline scopes anonymous", async () => {
    const { ok, account, grant } = play();
    const scope = {
      key: `com.cloudflare.api.account.${acmeId}`,
      objects: [{ key: "com.cloudflare.api.account.zone.1" }],
    };
    const before = account.resourceGroups.size;
    const policy = { ...grant(), resource_groups: [...grant().resource_groups, { scope }] };
    const { policies } = await ok("POST", groups, { name: "Edge", policies: [policy] });
    expect(policies).toMatchObject([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        access: "allow",
        permission_groups: [{ id: dns, name: "DNS" }],
        resource_groups: [{ name: "Storefront" }, { scope }],
      },
    ]);
    expect(Object.keys(policies?.[0]?.resource_groups[1] ?? {}).sort()).toEqual(["created_on", "modified_on", "scope"]);
    expect(account.resourceGroups.size).toBe(before);
  });

  test("a name in use is refused on both ways, with 400 and not with 409", async () => {
    const { ok, refused, group } = play();
    for (const [method, path] of [
      ["POST", groups],
      ["PUT", group("Finance")],
    ] as const) {
      const { status, code, message } = await refused(method, path, { name: "Security" });
      expect([status, code]).toEqual([400, 400]);
      expect(message).toContain("already in use");
    }
    await ok("PUT", group("Finance"), { name: "Finance" });
  });

  test.each([
    ["deny", { access: "deny" }],
    ["another word for access", { access: "maybe" }],
    ["an unknown permission group", { permission_groups: [{ id: nobody }] }],
    ["no permission group", { permission_groups: [] }],
    ["an unknown resource group", { resource_groups: [{ id: nobody }] }],
    ["no resource group", { resource_groups: [] }],
    [
      "a scope without objects",
      { resource_groups: [{ scope: { key: `com.cloudflare.api.account.${acmeId}`, objects: [] } }] },
    ],
    [
      "another account's scope",
      { resource_groups: [{ scope: { key: `com.cloudflare.api.account.${venturesId}`, objects: [{ key: "*" }] } }] },
    ],
  ])("a policy with %s is not valid, and nothing is written", async (_, change) => {
    const { account, refused, group, grant } = play();
    const policies = [grant(), { ...grant(), ...change }];
    const before = structuredClone(account.userGroups);
    for (const [method, path] of [
      ["POST", groups],
      ["PUT", group("Security")],
    ] as const) {
      const { status, code, message } = await refused(method, path, { name: "Edge", policies });
      expect([status, code]).toEqual([400, 400]);
      expect(message).toContain("Policy validation failed");
    }
    expect(account.userGroups).toEqual(before);
  });

  test("policies replace the whole set, each with a fresh ID", async () => {
    const { ok, group, grant } = play();
    const path = group("Security");
    const before = await ok("GET", path);
    expect(before.policies).toHaveLength(4);
    const once = await ok("PUT", path, { policies: [grant()] });
    const twice = await ok("PUT", path, { policies: [grant()] });
    expect(once.policies).toHaveLength(1);
    expect(new Set([...ids(before.policies), ...ids(once.policies), ...ids(twice.policies)]).size).toBe(6);
    expect(twice.name).toBe("Security");
    expect(await ok("GET", path)).toEqual(twice);
  });

  test("policy IDs that are sent back are refused", async () => {
    const { ok, refused, group, grant } = play();
    const { policies } = await ok("GET", group("Security"));
    const sent = [{ ...grant(), id: policies?.[0]?.id }];
    expect(await refused("PUT", group("Security"), { policies: sent })).toEqual({
      status: 400,
      code: 400,
      message: "Cannot re-use policy IDs",
    });
  });

  test("a name alone keeps the policies, an empty list clears them", async () => {
    const { ok, group } = play();
    const path = group("Security");
    const before = await ok("GET", path);
    const renamed = await ok("PUT", path, { name: "Security Engineering" });
    expect(renamed).toEqual({ ...before, name: "Security Engineering", modified_on: renamed.modified_on });
    expect(await ok("PUT", path, { policies: [] })).not.toHaveProperty("policies");
  });

  test("modified_on moves with every write, even on a clock that stands still", async () => {
    const { ok, group } = play({ clock: () => new Date("2026-11-22T12:00:00Z") });
    const path = group("Finance");
    const seen = [await ok("GET", path), await ok("PUT", path, { name: "Money" }), await ok("PUT", path, {})];
    const stamps = seen.map(({ modified_on }) => modified_on);
    expect(stamps.slice(1)).toEqual(["2026-11-22T12:00:00.000000Z", "2026-11-22T12:00:00.000001Z"]);
    expect(stamps[0]).not.toBe(stamps[1]);
    expect(new Set(seen.map(({ created_on }) => created_on)).size).toBe(1);
  });

  test("a deleted group is gone with its memberships", async () => {
    const { ok, refused, group } = play();
    const path = group("Security");
    expect(await ok("DELETE", path)).toEqual({ id: path.split("/").at(-1) });
    for (const [method, rest, body] of [
      ["GET", "", undefined],
      ["GET", "/members", undefined],
      ["PUT", "", { name: "Edge" }],
      ["DELETE", "", undefined],
    ] as const) {
      const { status, code, message } = await refused(method, path + rest, body);
      expect([status, code]).toEqual([404, 404]);
      expect(message).toContain("User group");
    }
  });

  test("a group kept by SCIM has its name, members and existence locked, its policies open", async () => {
    const { ok, refused, group, person, grant } = play({ scim: ["Security"] });
    const path = group("Security");
    for (const [method, rest, body] of [
      ["PUT", "", { name: "Edge" }],
      ["DELETE", "", undefined],
      ["POST", "/members", [person(0)]],
      ["PUT", "/members", []],
      ["DELETE", `/members/${person(10).id}`, undefined],
    ] as const) {
      expect(await refused(method, path + rest, body)).toMatchObject({
        status: 400,
        message: expect.stringContaining("SCIM"),
      });
    }
    expect((await ok("PUT", path, { name: "Security", policies: [grant()] })).policies).toHaveLength(1);
    expect(await ok("GET", path)).not.toHaveProperty("scim");
    await ok("DELETE", group("Finance"));
  });
});

describe("members of a group", () => {
  test("are added to those present, and the whole set is the answer", async () => {
    let now = Date.parse("2026-11-22T12:00:00Z");
    const { ok, group, person, account } = play({ clock: () => new Date(now) });
    const path = `${group("Finance")}/members`;
    const before = await ok<Row[]>("GET", path);
    const added = await ok<Row[]>("POST", path, [person(0), person(1)]);
    expect(new Set(ids(added))).toEqual(new Set([...ids(before), person(0).id, person(1).id]));
    expect(added[0]).toEqual({ id: added[0]?.id, email: expect.stringContaining("@"), status: expect.any(String) });
    const stamps = structuredClone([...account.userGroups.values()].find(({ name }) => name === "Finance")?.members);
    now += 60_000;
    expect(await ok("POST", path, [person(0)])).toEqual(added);
    expect([...account.userGroups.values()].find(({ name }) => name === "Finance")?.members).toEqual(stamps);
    expect(ids(await ok<Row[]>("GET", path)).sort()).toEqual(ids(added).sort());
  });

  test("are replaced as a whole; those who stay keep the day they were added", async () => {
    const { ok, group, account, person } = play();
    const path = `${group("Finance")}/members`;
    const finance = account.userGroups.get(group("Finance").split("/").at(-1) ?? "");
    const [stays, since] = [...(finance?.members ?? [])][0] ?? [""];
    expect(ids(await ok<Row[]>("PUT", path, [person(0), { id: stays }]))).toEqual([person(0).id, stays]);
    const detail = await ok<{ created_at: string }>("GET", `${path}/${stays}`);
    expect(detail.created_at).toBe(since);
  });

  test("may all go, and the group stays", async () => {
    const { ok, group } = play();
    const path = `${group("Finance")}/members`;
    expect(await ok("PUT", path, [])).toBeNull();
    expect(await ok("GET", path)).toBeNull();
    expect((await ok("GET", group("Finance"))).name).toBe("Finance");
  });

  test("leave one by one, the last one too, each answered with what it was", async () => {
    const { ok, refused, group } = play();
    const path = `${group("Finance")}/members`;
    const rows = await ok<Row[]>("GET", path);
    for (const row of rows) expect(await ok("DELETE", `${path}/${row.id}`)).toEqual(row);
    expect(await ok("GET", path)).toBeNull();
    expect(await refused("DELETE", `${path}/${rows[0]?.id}`)).toEqual({
      status: 404,
      code: 404,
      message: expect.stringContaining("not found in user group"),
    });
  });

  test.each(["not-a-valid-member-id", nobody])("%s is a bad request in every write", async (id) => {
    const { ok, refused, group, person } = play();
    const path = `${group("Finance")}/members`;
    const before = await ok("GET", path);
    expect(await refused("POST", path, [person(0), { id }])).toMatchObject({ status: 400, code: 400 });
    expect(await refused("PUT", path, [{ id }])).toMatchObject({ status: 400, code: 400 });
    expect(await refused("DELETE", `${path}/${id}`)).toMatchObject({ status: 400, code: 400 });
    expect(await ok("GET", path)).toEqual(before);
  });

  test("must have domain-scoped roles", async () => {
    const { account, refused, group } = play();
    const [id] = account.withoutDsr;
    expect(await refused("POST", `${group("Finance")}/members`, [{ id }])).toMatchObject({
      status: 400,
      message: expect.stringContaining("do not have DSR enabled"),
    });
  });

  test("of the other account are nobody here", async () => {
    const { sandbox, refused, group } = play();
    const [id] = sandbox.state.accounts.get(venturesId)?.members.keys() ?? [];
    expect(await refused("POST", `${group("Finance")}/members`, [{ id }])).toMatchObject({ status: 400 });
  });

  test("of a fresh group are not found for a while, if the sandbox is told so", async () => {
    const { ok, refused, person } = play({ lag: 2 });
    const { id } = await ok("POST", groups, { name: "Edge" });
    for (const method of ["POST", "GET"]) {
      const { status, message } = await refused(method, `${groups}/${id}/members`, [person(0)]);
      expect(status).toBe(404);
      expect(message).toContain("User group");
    }
    expect(await ok("POST", `${groups}/${id}/members`, [person(0)])).toHaveLength(1);
  });

  test("do not touch modified_on of their group", async () => {
    const { ok, group, person } = play();
    const before = await ok("GET", group("Finance"));
    await ok("POST", `${group("Finance")}/members`, [person(0)]);
    expect(await ok("GET", group("Finance"))).toEqual(before);
  });
});

describe("resource groups", () => {
  const scope = {
    key: `com.cloudflare.api.account.${acmeId}`,
    objects: [{ key: "com.cloudflare.api.account.zone.1" }],
  };

  test("are made, also under a name that is taken", async () => {
    const { ok } = play();
    const made = await ok<NamedResourceGroup>("POST", resources, { name: "Storefront", scope });
    expect(made).toMatchObject({ name: "Storefront", meta: { editable: "true" }, scope });
    expect(await ok("GET", `${resources}/${made.id}`)).toEqual(made);
    expect(await ok("GET", `${resources}?name=Storefront`)).toHaveLength(2);
  });

  test.each([
    ["no name", { name: "", scope }],
    ["no scope", { name: "Edge" }],
    ["an empty key", { name: "Edge", scope: { ...scope, key: "" } }],
    ["no objects", { name: "Edge", scope: { ...scope, objects: [] } }],
    ["another account's key", { name: "Edge", scope: { ...scope, key: `com.cloudflare.api.account.${venturesId}` } }],
  ])("with %s are refused", async (_, body) => {
    const { refused } = play();
    expect(await refused("POST", resources, body)).toMatchObject({ status: 400, code: 400 });
  });

  test("change in the policies that name them, too", async () => {
    const { ok, group, resource } = play();
    const changed = await ok<NamedResourceGroup>("PUT", `${resources}/${resource("Staging")}`, { name: "Preview" });
    expect(changed.scope.objects).toHaveLength(2);
    const { policies } = await ok("GET", group("Platform Engineering"));
    expect(policies?.[1]?.resource_groups[0]).toEqual(changed);
  });

  test("change their scope, too, but not to another account's", async () => {
    const { ok, refused, resource } = play();
    const path = `${resources}/${resource("Staging")}`;
    expect(await ok("PUT", path, { scope })).toMatchObject({ name: "Staging", scope });
    const foreign = { ...scope, key: `com.cloudflare.api.account.${venturesId}` };
    expect(await refused("PUT", path, { scope: foreign })).toMatchObject({ status: 400 });
    expect(await ok("GET", path)).toMatchObject({ scope });
  });

  test("that are built in are not editable", async () => {
    const { refused, resource } = play();
    const path = `${resources}/${resource(`com.cloudflare.api.account.${acmeId}`)}`;
    for (const [method, body] of [["DELETE"], ["PUT", { name: "Everything" }]] as const) {
      const { status, message } = await refused(method, path, body);
      expect(status).toBe(422);
      expect(message).toContain("non-editable");
    }
  });

  test("that are gone leave policies which do not validate: their group's members cannot be read", async () => {
    const { ok, refused, group, resource } = play();
    const path = `${resources}/${resource("Staging")}`;
    expect(await ok("DELETE", path)).toEqual({ id: path.split("/").at(-1) });
    expect(await refused("GET", path)).toMatchObject({ status: 404, code: 404 });
    const { status, message } = await refused("GET", `${group("Platform Engineering")}/members`);
    expect(status).toBe(400);
    expect(message).toContain("Policy validation failed");
    expect((await ok("GET", group("Platform Engineering"))).policies).toHaveLength(3);
  });
});

describe("SSO connectors", () => {
  const make = { email_domain: "acme-edge.example" };

  test("wait for a TXT record, or to be told to", async () => {
    const { ok } = play({ clock: () => new Date("2026-11-22T12:00:00.5Z") });
    const polling = await ok<SsoConnector>("POST", connectors, make);
    expect(polling).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      email_domain: "acme-edge.example",
      enabled: false,
      created_on: "2026-11-22T12:00:00Z",
      verification: { code: expect.stringMatching(/^cloudflare_dashboard_sso=[0-9a-f]{32}$/), status: "pending" },
    });
    const waiting = await ok<SsoConnector>("POST", connectors, {
      email_domain: "acme-slow.example",
      begin_verification: false,
      use_fedramp_language: true,
    });
    expect(waiting).toMatchObject({ use_fedramp_language: true, verification: { status: "awaiting" } });
  });

  test.each(["", "<script>", "gmail.com", "acme.edu", "acme.example"])("for %j are refused", async (email_domain) => {
    const { refused } = play();
    expect(await refused("POST", connectors, { email_domain })).toMatchObject({ status: 400, code: 400 });
  });

  test("begin to be verified with an answer that has no result", async () => {
    const { send, ok, connector } = play();
    const path = connector("acme-retail.example");
    const { text } = await send("POST", `${path}/begin_verification`);
    expect(JSON.parse(text)).toEqual({ success: true, errors: [], messages: [] });
    expect((await ok<SsoConnector>("GET", path)).verification.status).toBe("pending");
    expect((await send("POST", `${connectors}/${nobody}/begin_verification`)).status).toBe(404);
  });

  test("give up after two days of polling, and can start again", async () => {
    let now = Date.parse("2026-11-22T12:00:00Z");
    const { send, ok, connector } = play({ clock: () => new Date(now) });
    const path = connector("acme-retail.example");
    const status = async () => (await ok<SsoConnector>("GET", path)).verification.status;
    await send("POST", `${path}/begin_verification`);
    now += 2 * 24 * 3_600_000 - 1;
    expect(await status()).toBe("pending");
    now += 1;
    expect(await status()).toBe("failed");
    await send("POST", `${path}/begin_verification`);
    expect(await status()).toBe("pending");
  });

  test("are enabled only when verified, and deleted only when disabled", async () => {
    const { sandbox, ok, refused } = play({ clock: () => new Date("2026-11-22T12:00:00Z") });
    const { id } = await ok<SsoConnector>("POST", connectors, make);
    const path = `${connectors}/${id}`;
    expect(await refused("PATCH", path, { enabled: true })).toMatchObject({ status: 400 });
    sandbox.verifySso(id);
    const enabled = await ok("PATCH", path, { enabled: true, use_fedramp_language: true });
    expect(enabled).toMatchObject({ enabled: true, use_fedramp_language: true, updated_on: "2026-11-22T12:00:00Z" });
    expect(await ok("PATCH", path, { enabled: true })).toEqual(enabled);
    expect(await ok("POST", `${path}/begin_verification`)).toBeUndefined();
    expect((await ok<SsoConnector>("GET", path)).verification.status).toBe("verified");
    expect(await refused("DELETE", path)).toMatchObject({ status: 400 });
    // The documented sample of disabling shows an array.
    expect(await ok("PATCH", path, { enabled: false })).toMatchObject([{ id, enabled: false }]);
    expect(await ok("DELETE", path)).toEqual({ id });
    expect(await refused("GET", path)).toMatchObject({ status: 404 });
  });

  test("of one domain are enabled in one account at a time", async () => {
    const { sandbox, ok, refused, connector } = play();
    const elsewhere = `/accounts/${venturesId}/sso_connectors`;
    const { id } = await ok<SsoConnector>("POST", elsewhere, { email_domain: "acme.example" });
    sandbox.verifySso(id);
    expect(await refused("PATCH", `${elsewhere}/${id}`, { enabled: true })).toMatchObject({ status: 400 });
    await ok("PATCH", connector("acme.example"), { enabled: false });
    await ok("PATCH", `${elsewhere}/${id}`, { enabled: true });
  });

  test("cannot be verified by hand where there are none", () => {
    expect(() => createSandbox().verifySso(nobody)).toThrow(nobody);
  });
});
