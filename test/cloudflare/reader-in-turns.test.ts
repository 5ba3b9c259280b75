import { describe, expect, test } from "vitest";
import { createClient } from "../../src/cloudflare/client.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";

/** Looks at the clock after which the time of a turn is over. */
const LOOKS = 100;

/** Reads an answer with a clock that goes on with each look at it. */
async function ask(endpoint: typeof userGroups.list | typeof userGroups.get, result: unknown) {
  let [looks, turns] = [0, 0];
  const slice = {
    get over() {
      return ++looks > LOOKS;
    },
    turn: async () => {
      turns++;
      looks = 0;
    },
  };
  const text = JSON.stringify({ success: true, errors: [], messages: [], result });
  const call = createClient({
    transport: async () => ({ status: 200, headers: {}, text }),
    baseUrl: "http://x",
    credential: { token: "token" },
    slice,
  });
  const answer = await call(endpoint as typeof userGroups.get, { account_id: "a", user_group_id: "b" });
  return { turns, answer };
}

const policies = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `policy ${i}`,
    access: "allow",
    permission_groups: [{ id: "read" }],
    resource_groups: [{ id: "all", scope: [{ key: "com.cloudflare.api.account.*", objects: [{ key: "*" }] }] }],
  }));
const group = (i: number, count: number) => ({ id: `group ${i}`, name: `Group ${i}`, policies: policies(count) });

describe("a long answer is read in turns", () => {
  test("that has many records", async () => {
    const groups = Array.from({ length: 5000 }, (_, i) => group(i, 1));
    const { turns, answer } = await ask(userGroups.list, groups);
    expect(answer.result).toEqual(groups);
    expect(turns).toBeGreaterThanOrEqual(5000 / LOOKS);
  });

  test("that has one record with a long list", async () => {
    const { turns, answer } = await ask(userGroups.get, group(1, 10_000));
    expect(answer.result).toEqual(group(1, 10_000));
    expect(turns).toBeGreaterThanOrEqual(10_000 / LOOKS);
  });

  test("that has records with long lists, one of which cannot be read", async () => {
    const groups = [group(1, 3000), { ...group(2, 3000), id: 7 }, group(3, 3000)];
    const { turns, answer } = await ask(userGroups.list, groups);
    expect(answer.result).toEqual([groups[0], expect.any(Error), groups[2]]);
    expect(turns).toBeGreaterThanOrEqual(6000 / LOOKS);
  });
});

test("a short answer is read in the turn in which it came", async () => {
  expect(await ask(userGroups.get, group(1, 10))).toMatchObject({ turns: 0 });
});
