import { vi } from "vitest";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import { budgetKey } from "../../src/upstream/budget.ts";
import { setup } from "../gateway.ts";
import { Redis, testWithRedis as test } from "./redis.ts";

test("all replicas count the one call of a refused credential, and the units of what was not sent are back", async ({
  expect,
}) => {
  await using redis = await Redis.start();
  const replica = () =>
    redisBudget({ url: redis.url, quota: { units: 1000, seconds: 60 }, replicas: 2, commandTimeout: 5_000 });
  const [one, two] = [replica(), replica()];
  try {
    const { run } = setup({}, undefined, { budget: one });
    const groupsOf = (n: number) =>
      `a${n}: account(id: "${String(n).padStart(32, "0")}") { userGroups { totalCount } }`;
    const query = `{ ${Array.from({ length: 50 }, (_, n) => groupsOf(n)).join(" ")} }`;
    const { errors, calls } = await run(query, {}, { authorization: "Bearer invented" });
    expect([errors?.length, calls.length]).toEqual([50, 1]);
    const key = budgetKey({ token: "invented" });
    await vi.waitFor(async () => expect((await two.status(key)).left).toBe(999), { timeout: 10_000 });
    expect((await one.status(key)).left).toBe(999);
  } finally {
    await one.dispose();
    await two.dispose();
  }
});
