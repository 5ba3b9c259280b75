import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { account, setupOverHttp } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { waitFor } from "../wait-for.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

test("after any number of faults nothing is kept: no memory, no socket, no timer", { timeout: 60_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const active = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length;
  const [sockets, timers] = [active("TCPSocketWrap"), active("Timeout")];
  const size = { groups: 4, membersPerGroup: 200, members: 200 };
  const faulty = await setupOverHttp({ ...size, jitter: [0, 0] }, { callTimeout: 400, maxResponseSize: 100_000 });
  const faults: Fault[] = [
    { kind: "hang" },
    { kind: "slowBody", milliseconds: 20 },
    { kind: "reset", at: "head" },
    { kind: "reset", at: "body" },
    { kind: "huge", bytes: 1_000_000 },
    { kind: "error", status: 503, body: "html" },
    { kind: "truncated" },
  ];
  // Every other call is faulty, each time in another way.
  let calls = 0;
  for (const [index, fault] of faults.entries()) {
    faulty.sandbox.injectFault(membersRoute, fault, () => {
      if (index === 0) calls++;
      return calls % (2 * faults.length) === 2 * index;
    });
  }
  const heapAfter = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      // Each asks for other pages: what is the same is read once for all that ask at the same time.
      const sizes = Array.from({ length: 20 }, (_, n) => ({ account, groups: 10 + n, members: 200 + n }));
      const runs = await Promise.all(sizes.map((each) => faulty.run(FullGraphDocument, each)));
      expect(runs.flatMap(({ errors }) => errors ?? []).length).toBeGreaterThan(20);
    }
    faulty.sandbox.calls.length = 0;
    gc();
    return process.memoryUsage().heapUsed;
  };
  await heapAfter(3);
  const before = await heapAfter(3);
  expect((await heapAfter(10)) - before).toBeLessThan(6 * 1024 * 1024);
  await faulty[Symbol.asyncDispose]();
  await waitFor(() => expect(active("TCPSocketWrap")).toBeLessThanOrEqual(sockets));
  expect(active("Timeout")).toBeLessThanOrEqual(timers);
});
