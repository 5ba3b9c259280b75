import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { venturesId } from "../../src/sandbox/acme.ts";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, setup, setupOverHttp, tally, test } from "../gateway.ts";

const zone = (name: string) => idOf("zone", `${name}.acme.example`);
const list = "GET /zones";
const one = "GET /zones/{zone_id}";
const resourceGroups = "GET /accounts/{account_id}/iam/resource_groups";
const inAccount = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;
const named = inAccount(
  "resourceGroups { nodes { name scopes { zone { name } objects { key zone { id name status } } } } }",
);

interface Named {
  account: {
    resourceGroups: {
      nodes: {
        name: string;
        scopes: { zone: { name: string } | null; objects: { zone: { name: string } | null }[] }[];
      }[];
    };
  };
}

/** Names of all zones that an answer shows. */
function namesIn(data: Named | null | undefined): string[] {
  const scopes = data?.account.resourceGroups.nodes.flatMap((group) => group.scopes) ?? [];
  return scopes
    .flatMap((scope) => [scope.zone, ...scope.objects.map((object) => object.zone)])
    .flatMap((each) => (each ? [each.name] : []))
    .toSorted();
}

/** Makes one resource group name a zone, beside those that it names. */
function alsoNames(sandbox: Sandbox, zoneId: string) {
  const [group] = sandbox.state.accounts.get(account)?.resourceGroups.values() ?? [];
  group?.scope.objects.push({ key: `com.cloudflare.api.account.zone.${zoneId}` });
}

const forbidden = () => errorResponse(new ApiError(403, 9109, "Unauthorized to access requested resource"));

describe("the zones that scopes name", () => {
  test("have names, for one page of the account's zones", async () => {
    await using fixture = await setupOverHttp();
    const { data, errors, calls } = await fixture.run<Named, object>(named);
    expect(errors).toBeUndefined();
    expect(namesIn(data)).toHaveLength(10);
    expect(namesIn(data)).toContain("legacy.acme.example");
    expect(tally(calls)).toEqual({ [resourceGroups]: 1, [list]: 1 });
    expect(fixture.sandbox.calls.find(({ route }) => route === list)?.query).toMatchObject({ "account.id": account });
  });

  test("one zone is read alone, and its account is told to nobody", async ({ run, sandbox }) => {
    const query = inAccount(
      `resourceGroups(name: "Internal Tools") { nodes { scopes { objects { zone { name status } } } } }`,
    );
    const { data, calls } = await run(query);
    expect(JSON.stringify(data)).toContain('{"name":"tools.acme.example","status":"ACTIVE"}');
    expect(calls).toEqual([resourceGroups, one]);
    expect(sandbox.calls.at(-1)?.query).toEqual({});
  });

  test("cost one call more than the better of pages and zones at most, where there are many", async () => {
    const { run, sandbox } = setup();
    const state = sandbox.state.accounts.get(account);
    const [shop] = state?.zones.values() ?? [];
    for (let n = 0; shop && n < 120; n++)
      state?.zones.set(zone(`n${n}`), { ...shop, id: zone(`n${n}`), name: `n${n}` });
    const { data, errors, calls } = await run<Named, object>(named);
    expect(errors).toBeUndefined();
    expect(namesIn(data)).toHaveLength(10);
    expect(calls.filter((route) => route === list)).toHaveLength(3);
    expect(calls).toHaveLength(4);
  });

  test("that the token may not see are null, with one error and without a call for each", async ({ run, sandbox }) => {
    for (const route of [list, one]) sandbox.stub(route, forbidden);
    const { data, errors, calls } = await run<Named, object>(named);
    expect(namesIn(data)).toEqual([]);
    expect(data?.account.resourceGroups.nodes).toHaveLength(7);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    expect(tally(calls)).toEqual({ [resourceGroups]: 1, [list]: 1 });
  });

  test("a zone of another account is told like one that does not exist", async ({ run, sandbox }) => {
    const answers = [];
    for (const id of [zone("ventures"), "0".repeat(32)]) {
      const [group] = sandbox.state.accounts.get(account)?.resourceGroups.values() ?? [];
      if (group) group.scope.objects = [{ key: `com.cloudflare.api.account.zone.${id}` }];
      const query = inAccount(`resourceGroups(name: "Storefront") { nodes { scopes { objects { zone { name } } } } }`);
      const { data, errors } = await run<Named, object>(query);
      answers.push({ data, errors: JSON.stringify(errors).replaceAll(id, "ID") });
    }
    expect(answers[0]?.errors).toContain("NOT_FOUND");
    expect(answers[0]).toEqual(answers[1]);
    expect(JSON.stringify(answers)).not.toContain("ventures");
  });

  test("a foreign one among many, and one that is not listed, are null with an error each", async ({
    run,
    sandbox,
  }) => {
    alsoNames(sandbox, zone("ventures"));
    alsoNames(sandbox, "0".repeat(32));
    const { data, errors } = await run<Named, object>(named);
    expect(namesIn(data)).toHaveLength(10);
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["NOT_FOUND", "NOT_FOUND"]);
  });

  test.for(["missing", "another"])(
    "a record in a list whose account is %s is null and an error",
    async (how, { run, sandbox }) => {
      const shop = sandbox.state.accounts.get(account)?.zones.get(zone("shop"));
      sandbox.stub(list, () => {
        const records = [...(sandbox.state.accounts.get(account)?.zones.values() ?? [])];
        const wrong = records.map((record) =>
          record === shop
            ? { ...record, account: how === "missing" ? undefined : { id: venturesId, name: "Acme Ventures" } }
            : record,
        );
        return {
          status: 200,
          headers: {},
          text: JSON.stringify({ success: true, errors: [], messages: [], result: wrong }),
        };
      });
      const { data, errors } = await run<Named, object>(named);
      expect(namesIn(data)).toHaveLength(9);
      expect(namesIn(data)).not.toContain("shop.acme.example");
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
    },
  );
});

describe("a zone by its global ID", () => {
  const again = (...ids: string[]) =>
    `{ ${ids.map((id, n) => `z${n}: node(id: "${id}") { id ... on Zone { cloudflareId name } }`).join(" ")} }`;

  test("is read again, in its own account alone", async ({ run }) => {
    const shop = globalId("Zone", account, zone("shop"));
    const { data, errors } = await run<Record<string, unknown>, object>(
      again(shop, globalId("Zone", account, zone("ventures")), globalId("Zone", venturesId, zone("shop"))),
    );
    expect(data).toEqual({
      z0: { id: shop, cloudflareId: zone("shop"), name: "shop.acme.example" },
      z1: null,
      z2: null,
    });
    expect(errors?.map(({ path, extensions }) => `${path} ${extensions?.code}`).toSorted()).toEqual([
      "z1 NOT_FOUND",
      "z2 NOT_FOUND",
    ]);
  });

  test("is not asked for in an account without a right", async () => {
    const rights = new Map([[venturesId, "read" as const]]);
    const authenticate = async () => ({ id: "anna", credential: { token: "sandbox-admin" }, problem: "", rights });
    const { run } = setup({}, undefined, { authenticate });
    const { data, errors, calls } = await run<Record<string, unknown>, object>(
      again(globalId("Zone", account, zone("shop")), globalId("Zone", venturesId, zone("shop"))),
    );
    expect(data).toEqual({ z0: null, z1: null });
    expect(errors?.map(({ extensions }) => extensions?.code).toSorted()).toEqual(["FORBIDDEN", "NOT_FOUND"]);
    expect(calls).toEqual([one]);
  });
});
