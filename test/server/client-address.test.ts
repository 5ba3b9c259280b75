import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createClientAddress, createRequestAddress, isAddressRange } from "../../src/server/client-address.ts";
import { setup } from "../gateway.ts";
import { listening } from "./raw-http.ts";

describe("without a trusted proxy", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    [undefined, "unknown"],
  ])("%s is %s, whatever the header says", (address, client) => {
    const of = createClientAddress(0);
    for (const forwardedFor of [undefined, null, "", "203.0.113.9", "203.0.113.9, 10.0.0.1"]) {
      expect(of({ address, forwardedFor })).toBe(client);
    }
    expect(createClientAddress([])({ address, forwardedFor: "203.0.113.9" })).toBe(client);
  });
});

describe("behind so many proxies", () => {
  const [proxy, client, spoofed] = ["10.0.0.1", "203.0.113.9", "198.51.100.1"];

  test.each([
    [1, client, client],
    [1, `${spoofed}, ${client}`, client],
    [1, `${spoofed},${client},`, proxy],
    [2, `${spoofed}, ${client}, 10.0.0.2`, client],
    [2, client, client],
    [3, `${spoofed}, ${client}, 10.0.0.3, 10.0.0.2`, client],
    [1, "", proxy],
  ])("%i, with “%s”, it is %s", (count, forwardedFor, found) => {
    expect(createClientAddress(count)({ address: proxy, forwardedFor })).toBe(found);
  });

  test.each(["unknown", "evil", "999.1.1.1", "1.2.3", "[::1", "::g", " ", "203.0.113.9.evil", "_hidden", "\u0000"])(
    "an entry that is no address (%j) is not believed, nor what is before it",
    (garbage) => {
      const of = createClientAddress(3);
      expect(of({ address: proxy, forwardedFor: `${spoofed}, ${garbage}, ${client}` })).toBe(client);
      expect(of({ address: proxy, forwardedFor: garbage })).toBe(proxy);
    },
  );

  test("a proxy at a Unix socket is one, too", () => {
    expect(createClientAddress(1)({ address: undefined, forwardedFor: client })).toBe(client);
  });
});

describe("behind proxies with these addresses", () => {
  const of = createClientAddress(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
  const client = "203.0.113.9";

  test.each([
    ["10.9.8.7", client, client],
    ["192.0.2.1", client, client],
    ["::ffff:10.1.1.1", client, client],
    ["2001:db8:1::5", client, client],
    ["10.9.8.7", `198.51.100.1, ${client}, 192.0.2.1, 2001:db8::1`, client],
    ["10.9.8.7", `198.51.100.1, ${client}:4711, [2001:db8::1]:443`, client],
    ["10.9.8.7", "10.0.0.2, 10.0.0.3", "10.0.0.2"],
    // Not by way of a proxy of ours.
    ["192.0.2.2", client, "192.0.2.2"],
    ["2001:db9::1", client, "2001:db9::1"],
    ["11.0.0.1", `${client}, 10.0.0.1`, "11.0.0.1"],
    [undefined, client, "unknown"],
  ])("from %s, with “%s”, it is %s", (address, forwardedFor, found) => {
    expect(of({ address, forwardedFor })).toBe(found);
  });

  test.each([
    ["203.0.113.9:80", "203.0.113.9"],
    ["[2001:DB9::A]:80", "2001:db9::a"],
    ["[2001:db9::a]", "2001:db9::a"],
    ["2001:db9:0:0:0:0:0:a", "2001:db9::a"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
    [" 203.0.113.9 ", "203.0.113.9"],
  ])("an entry %s is %s", (entry, found) => {
    expect(of({ address: "10.0.0.1", forwardedFor: entry })).toBe(found);
  });

  test("a header of a megabyte takes no time", () => {
    const started = performance.now();
    const forwardedFor = "10.0.0.1,".repeat(120_000).slice(0, -1);
    expect(of({ address: "10.0.0.1", forwardedFor })).toBe("10.0.0.1");
    expect(of({ address: "10.0.0.1", forwardedFor: "1".repeat(1_000_000) })).toBe("10.0.0.1");
    expect(of({ address: "10.0.0.1", forwardedFor: " ".repeat(1_000_000) })).toBe("10.0.0.1");
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test("whatever a client sends before what the proxies add, the answer is the address that the first proxy saw", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const junk = fc.array(fc.oneof(address, fc.string()), { maxLength: 5 }).map((parts) => parts.join(","));
  fc.assert(
    fc.property(junk, fc.ipV4(), fc.integer({ min: 1, max: 9 }), (sent, client, count) => {
      const proxies = Array.from({ length: count }, (_, index) => `10.0.0.${index}`);
      const seen = [client, ...proxies];
      // Each adds whom it saw.
      const forwardedFor = [sent, ...seen.slice(0, -1)].join(", ");
      const peer = { address: seen.at(-1), forwardedFor };
      expect(createClientAddress(count)(peer)).toBe(client);
      if (!client.startsWith("10.")) expect(createClientAddress(["10.0.0.0/24"])(peer)).toBe(client);
    }),
  );
});

test.each(["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1", "proxy", "", "1.2.3"])(
  "%j is neither an address nor a range",
  (text) => {
    expect(isAddressRange(text)).toBe(false);
    expect(() => createClientAddress([text])).toThrow("A trusted proxy must be");
  },
);

describe("of a request", () => {
  const ask = async (trust: number, header: string) => {
    const found = Promise.withResolvers<string | undefined>();
    await using server = await listening((incoming, response) => {
      const headers = { "x-forwarded-for": incoming.headers["x-forwarded-for"]?.toString() ?? "" };
      found.resolve(createRequestAddress(trust)(new Request("http://x", { headers }), incoming));
      response.end();
    });
    await server.send(`GET / HTTP/1.1\r\nHost: x\r\n${header}\r\n`);
    return found.promise;
  };

  test("over a socket it is the other end's, or what the proxy there says", async () => {
    expect(await ask(0, "X-Forwarded-For: 203.0.113.9\r\n")).toBe("127.0.0.1");
    expect(await ask(1, "")).toBe("127.0.0.1");
    expect(await ask(1, "X-Forwarded-For: 203.0.113.9\r\n")).toBe("203.0.113.9");
    expect(await ask(1, "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.9\r\n")).toBe("203.0.113.9");
  });

  test("elsewhere nobody knows it", () => {
    const request = new Request("http://x", { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(createRequestAddress(1)(request)).toBeUndefined();
  });
});

test("whoever embeds the gateway may tell it, over Fetch and over node:http", async () => {
  const clientAddress = vi.fn((request: Request) => request.headers.get("cf-connecting-ip") ?? undefined);
  const { gateway } = setup({}, undefined, { clientAddress });
  const headers = { "cf-connecting-ip": "203.0.113.9" };
  await gateway.fetch("http://gateway/graphql?query={__typename}", { headers });
  await using server = await listening(gateway);
  await server.send("GET /graphql?query={__typename} HTTP/1.1\r\nHost: x\r\nCF-Connecting-IP: 198.51.100.1\r\n\r\n");
  expect(clientAddress.mock.results.map(({ value }) => value)).toEqual(["203.0.113.9", "198.51.100.1"]);
});

test("proxies that are none are refused when the gateway is made", () => {
  expect(() => setup({}, undefined, { trustProxy: ["proxy.example"] })).toThrow("trustProxy");
});
