import { describe, expect, test } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { createLoaders } from "../../src/loaders/loaders.ts";

const parent = { account_id: "a" };
const at = { ...parent, user_group_id: "g1" };
const record = { id: "g1", name: "As written", policies: [] };

/** Loaders on an upstream that has one group and, if told, fails at writes. */
function played(fails = false) {
  const calls: string[] = [];
  const call = (async ({ route }: { route: string }) => {
    calls.push(route.slice(0, route.indexOf(" ")));
    if (fails && !route.startsWith("GET ")) throw new Error("failed");
    return { result: { id: "g1", name: "As read", policies: [] }, info: undefined, messages: [] };
  }) as unknown as Call;
  const loaders = createLoaders(call);
  return { calls, loaders, name: async () => (await loaders.one(userGroups, parent, "g1")).name };
}

describe("what a request has read", () => {
  test("is remembered until something is written", async () => {
    const { calls, loaders, name } = played();
    await name();
    await name();
    expect(calls).toEqual(["GET"]);
    await loaders.send(userGroups.update, at, { name: "x" });
    await name();
    expect(calls).toEqual(["GET", "PUT", "GET"]);
  });

  test("is forgotten, too, where the write failed: it may have been done", async () => {
    const { calls, loaders, name } = played(true);
    await name();
    await expect(loaders.send(userGroups.update, at, { name: "x" })).rejects.toThrow("failed");
    await name();
    expect(calls).toEqual(["GET", "PUT", "GET"]);
  });

  test("is what a write has answered, if it answered that", async () => {
    const { calls, loaders, name } = played();
    await loaders.send(userGroups.update, at, { name: "x" });
    loaders.prime(userGroups, parent, record);
    expect(await name()).toBe("As written");
    expect(calls).toEqual(["PUT"]);
    loaders.forget();
    expect(await name()).toBe("As read");
  });
});
