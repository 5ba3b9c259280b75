import { expect, test } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { Deadline } from "../../src/upstream/deadline.ts";
import { RequestDeduplication } from "../../src/upstream/deduplication.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";

/** Operations that share what is in flight, in front of calls that are held until they are answered. */
function sharing(on = true) {
  const deduplication = new RequestDeduplication(on);
  const held: PromiseWithResolvers<unknown>[] = [];
  const next = (() => {
    const answer = Promise.withResolvers<unknown>();
    held.push(answer);
    return answer.promise;
  }) as unknown as Call;
  const operation = (caller: string, isolated = false) => {
    const usage = new OperationUsage();
    const joined: object[] = [];
    const deadline = new Deadline(new AbortController().signal, Number.POSITIVE_INFINITY);
    const call = deduplication.link({ caller, deadline, isolated, usage, joins: (each) => joined.push(each) })(next);
    const read = (group = "g") => call(userGroups.get, { account_id: "a", user_group_id: group });
    const write = () => call(userGroups.remove, { account_id: "a", user_group_id: "g" });
    return { read, write, joined };
  };
  return { operation, held };
}

test("equal reads of one caller that are in flight are one call, whose answer all get", async () => {
  const { operation, held } = sharing();
  const [one, two] = [operation("anna"), operation("anna")];
  const reads = [one.read(), two.read(), two.read()];
  expect(held).toHaveLength(1);
  held[0]?.resolve("answer");
  expect(await Promise.all(reads)).toEqual(["answer", "answer", "answer"]);
  expect([one.joined.length, two.joined.length]).toEqual([0, 2]);
  void two.read();
  expect(held).toHaveLength(2);
});

test("reads of another caller, of something else, and of an operation that mutates are calls of their own", () => {
  const { operation, held } = sharing();
  void operation("anna").read();
  void operation("ben").read();
  void operation("anna").read("other");
  void operation("anna", true).read();
  expect(held).toHaveLength(4);
});

test("a read does not join one from before a write was sent, nor one from before it has ended", async () => {
  const { operation, held } = sharing();
  void operation("anna").read();
  const write = operation("anna", true).write();
  void operation("anna").read();
  expect(held).toHaveLength(3);
  held[1]?.resolve("written");
  await write;
  void operation("anna").read();
  expect(held).toHaveLength(4);
});

test("where it is off, nothing is joined", () => {
  const { operation, held } = sharing(false);
  void operation("anna").read();
  void operation("anna").read();
  expect(held).toHaveLength(2);
});
