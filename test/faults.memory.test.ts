import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import type { Fault } from "../src/sandbox/faults.ts";
import { account, stageOverHttp } from "./gateway.ts";
import { FullGraphDocument } from "./operations/graphql.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

test("after any number of faults nothing is kept: no memory, no socket, no timer", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const active = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length;
  const [sockets, timers] = [active("TCPSocketWrap"), active("Timeout")];
  const spoilt = await stageOverHttp({ groups: 4, jitter: [0, 0] }, { callTimeout: 100, maxResponseSize: 100_000 });
  const faults: Fault[] = [
    { kind: "silent" },
    { kind: "drip", milliseconds: 20 },
    { kind: "reset", at: "head" },
    { kind: "reset", at: "body" },
    { kind: "huge", bytes: 1_000_000 },
    { kind: "refused", status: 503, body: "html" },
    { kind: "truncated" },
  ];
  let calls = 0;
  for (const [index, fault] of faults.entries()) {
    spoilt.sandbox.fault(membersRoute, fault, () => {
      if (index === 0) calls++;
      return calls % faults.length === index;
    });
  }
  const heapAfter = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      const runs = await Promise.all(Array.from({ length: 20 }, () => spoilt.run(FullGraphDocument, { account })));
      for (const { errors } of runs) expect(errors?.length).toBeGreaterThan(0);
    }
    spoilt.sandbox.calls.length = 0;
    gc();
    return process.memoryUsage().heapUsed;
  };
  await heapAfter(3);
  const before = await heapAfter(3);
  expect((await heapAfter(10)) - before).toBeLessThan(8 * 1024 * 1024);
  await spoilt[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(active("TCPSocketWrap")).toBeLessThanOrEqual(sockets));
  expect(active("Timeout")).toBeLessThanOrEqual(timers);
});
