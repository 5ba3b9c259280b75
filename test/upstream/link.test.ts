import { expect, test } from "vitest";
import { accounts } from "../../src/cloudflare/accounts.ts";
import type { Call } from "../../src/cloudflare/client.ts";
import { compose, type Link } from "../../src/upstream/link.ts";

test("links stand in front of the client, the outermost first", async () => {
  const order: string[] = [];
  const link =
    (name: string): Link =>
    (next): Call =>
    async (...call) => {
      order.push(`${name} in`);
      try {
        return await next(...call);
      } finally {
        order.push(`${name} out`);
      }
    };
  const client: Call = async () => {
    order.push("client");
    return { result: [], info: undefined, messages: [] } as never;
  };
  await compose([link("outer"), link("inner")], client)(accounts.list, {});
  expect(order).toEqual(["outer in", "inner in", "client", "inner out", "outer out"]);
});
