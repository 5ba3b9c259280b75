import { describe, vi } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { readAfterCreate } from "../../src/upstream/read-after-create.ts";
import { setup } from "../gateway.ts";
import { account, expect, groupNamed, mutateBy, noon, people, policy, test } from "../graph/mutations/mutation.ts";

const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";
const at = { account_id: account, user_group_id: "g1" };

/** An upstream that creates `g1`, and whose other calls fail so many times with a 404 of these words. */
function upstreamOf(times: number, words = "User group g1 not found", kind: "not_found" | "forbidden" = "not_found") {
  const calls: string[] = [];
  const call = (async ({ route }: { route: string }) => {
    calls.push(route);
    if (route === userGroups.create.route) return { result: { id: "g1", policies: [] }, info: undefined, messages: [] };
    if (route === userGroups.remove.route) return { result: { id: "g1" }, info: undefined, messages: [] };
    if (times-- <= 0) return { result: [], info: undefined, messages: [] };
    const errors = [{ code: 404, message: words, pointer: null, documentationUrl: null }];
    throw new CloudflareError(route, words, { kind, status: 404, errors });
  }) as unknown as Call;
  return { call, calls };
}

const create = (call: Call) => call(userGroups.create, { account_id: account }, { name: "x" });

describe("a group that was created through here", () => {
  test.for(Object.entries(userGroups.members))(
    "is waited for by %s of its members, until they are there",
    async ([, row]) => {
      const { call, calls } = upstreamOf(3);
      const patient = readAfterCreate({ first: 1 })()(call);
      await create(patient);
      await patient(row as typeof userGroups.members.list, at);
      expect(calls).toEqual([userGroups.create.route, ...Array(4).fill(row.route)]);
    },
  );

  test("is known to every caller of the process", async () => {
    const { call, calls } = upstreamOf(1);
    const patient = readAfterCreate({ first: 1 });
    await create(patient()(call));
    await patient()(call)(userGroups.members.list, at);
    expect(calls).toHaveLength(3);
  });

  test("is waited for longer and longer, and not for ever", async () => {
    const { call, calls } = upstreamOf(Number.POSITIVE_INFINITY);
    const patient = readAfterCreate({ first: 2, longest: 20 })()(call);
    await create(patient);
    const started = performance.now();
    await expect(patient(userGroups.members.list, at)).rejects.toMatchObject({ kind: "not_found" });
    // After 2, 4 and 8 milliseconds; a further wait of 16 would end too late.
    expect(calls.length - 1).toBeLessThanOrEqual(4);
    expect(calls.length - 1).toBeGreaterThan(1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(2);
  });

  test.for(["list", "add"] as const)("is waited for within the operation's time (%s)", async (name) => {
    const { call, calls } = upstreamOf(Number.POSITIVE_INFINITY);
    const waiting = { signal: new AbortController().signal, until: Date.now() + 100 };
    const patient = readAfterCreate({ first: 60_000, longest: 120_000 })(waiting)(call);
    await create(patient);
    await expect(patient(userGroups.members[name] as typeof userGroups.members.list, at)).rejects.toMatchObject({
      kind: "not_found",
    });
    expect(calls).toHaveLength(2);
  });

  test.for([
    ["list", "is no longer waited for", 1],
    ["add", "is still written to", 2],
  ] as const)("%s: once the client has left it %s", async ([name, , times]) => {
    const { call, calls } = upstreamOf(1);
    const leaving = new AbortController();
    leaving.abort();
    const waiting = { signal: leaving.signal, until: Number.POSITIVE_INFINITY };
    const patient = readAfterCreate({ first: 1 })(waiting)(call);
    await create(patient);
    await Promise.allSettled([patient(userGroups.members[name] as typeof userGroups.members.list, at)]);
    expect(calls).toHaveLength(1 + times);
  });

  test.for<[says: string, attempt: (patient: Call) => Promise<unknown>, vendor: ReturnType<typeof upstreamOf>]>([
    [
      "one that has no such member, because then it is there",
      (patient) => patient(userGroups.members.remove, { ...at, member_id: "m1" }),
      upstreamOf(9, "Member m1 not found in user group g1"),
    ],
    ["one that must not be read", (patient) => patient(userGroups.members.list, at), upstreamOf(9, "no", "forbidden")],
    ["the group itself, which is there at once", (patient) => patient(userGroups.get, at), upstreamOf(9)],
    ["another group", (patient) => patient(userGroups.members.list, { ...at, user_group_id: "g2" }), upstreamOf(9)],
    [
      "one that was deleted since",
      async (patient) => {
        await patient(userGroups.remove, at);
        return patient(userGroups.members.list, at);
      },
      upstreamOf(9),
    ],
  ])("does not make anybody wait for %s", async ([, attempt, { call, calls }]) => {
    const patient = readAfterCreate({ first: 1 })()(call);
    await create(patient);
    await expect(attempt(patient)).rejects.toBeInstanceOf(CloudflareError);
    expect(
      calls.filter(
        (route) => (route.includes("{user_group_id}") && !route.startsWith("DELETE ")) || route.includes("member_id"),
      ),
    ).toHaveLength(1);
  });

  test("is forgotten after its time", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const { call, calls } = upstreamOf(9);
      const patient = readAfterCreate({ first: 1 })()(call);
      await create(patient);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(60_002);
      // By itself: nobody had to come.
      expect(vi.getTimerCount()).toBe(0);
      await expect(patient(userGroups.members.list, at)).rejects.toMatchObject({ kind: "not_found" });
      expect(calls).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("through the graph", () => {
  test("a group is created, and its members are added and shown, although Cloudflare misses it at first", async () => {
    const { sandbox, run } = setup({ clock: noon, lag: 2 });
    const created = await mutateBy(run)(
      "createUserGroup",
      { accountId: account, name: "New", policies: [policy] },
      "userGroup { cloudflareId }",
    );
    const [one, two] = people(sandbox, 0, 1);
    const input = { accountId: account, userGroupId: created.result.userGroup?.cloudflareId, memberIds: [one, two] };
    const { result, calls } = await mutateBy(run)(
      "addUserGroupMembers",
      input,
      "userGroup { members { nodes { email } } }",
    );
    expect(result.userGroup).toEqual({
      members: { nodes: [{ email: "mara.lindqvist@acme.example" }, { email: "tomas.herrera@acme.example" }] },
    });
    // A write that was answered by a 404 has done nothing: it may be sent again, and lands once.
    expect(calls).toEqual([...Array(3).fill(`POST ${group}/members`), `GET ${group}/members`]);
    expect([...groupNamed(sandbox, "New").members.keys()]).toEqual([one, two]);
  });

  test("in one document, the payload waits for the members it shows", async () => {
    const { run } = setup({ clock: noon, lag: 1 });
    const { result, calls, errors } = await mutateBy(run)(
      "createUserGroup",
      { accountId: account, name: "New" },
      "userGroup { members { totalCount } }",
    );
    expect({ result, errors }).toEqual({
      result: { __typename: "CreateUserGroupPayload", userGroup: { members: { totalCount: 0 } } },
      errors: undefined,
    });
    expect(calls).toEqual([
      "POST /accounts/{account_id}/iam/user_groups",
      `GET ${group}/members`,
      `GET ${group}/members`,
    ]);
  });

  test("a group that somebody else created is not waited for", async ({ mutate, sandbox }) => {
    const { id } = groupNamed(sandbox, "Auditors");
    Object.assign(groupNamed(sandbox, "Auditors"), { lag: 1 });
    const { result, calls } = await mutate("addUserGroupMembers", {
      accountId: account,
      userGroupId: id,
      memberIds: people(sandbox, 0),
    });
    expect([result.__typename, calls]).toEqual(["NotFoundError", [`POST ${group}/members`]]);
  });
});
