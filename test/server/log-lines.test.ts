import { expect, test } from "vitest";
import { account, setup } from "../gateway.ts";
import { startProcess } from "../gateway-process.ts";

const admin = { authorization: "Bearer sandbox-admin" };

test("each operation has a whole line at a normal end, beside the audit's lines on the same pipe", async () => {
  const rest = await setup().sandbox.listen();
  await using gateway = await startProcess({
    NODE_ENV: "production",
    CLOUDFLARE_API_BASE_URL: rest.url,
    AUDIT_LOG: "stdout",
  });
  // Lines of many lengths, so that pieces of them end anywhere.
  const names = Array.from({ length: 400 }, (_, n) => `Operation${n}${"x".repeat((n % 20) * 12)}`);
  const operationOf = (name: string, n: number) =>
    n % 20 === 0
      ? `mutation ${name} { createUserGroup(input: { accountId: "${account}", name: "${n}" }) { __typename } }`
      : `query ${name} { __typename }`;
  const answers = await Promise.all(names.map((name, n) => gateway.ask({ query: operationOf(name, n) }, admin)));
  expect(answers.filter(({ errors }) => errors)).toEqual([]);
  const { stdout, code } = await gateway.stop();
  await rest.close();
  expect(code).toBe(0);
  // Throws where two lines are mixed.
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { message?: string; name?: string; audit?: string; outcome?: string });
  const logged = lines.filter(({ message }) => message === "operation").map(({ name }) => name);
  expect(logged.toSorted()).toEqual(names.toSorted());
  // Where the machine is busy, a line of the audit is late, and its write is not sent.
  const written = answers.filter(({ data }) => JSON.stringify(data).includes("CreateUserGroupPayload"));
  const audited = lines.filter(({ audit, outcome }) => audit === "after" && outcome === "DONE");
  expect(audited).toHaveLength(written.length);
  expect(lines.at(-1)).toMatchObject({ message: "Stopped." });
});
