import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { createProcessLog, type ProcessLogOptions } from "../../src/server/process-log.ts";
import { account, authenticate, setup } from "../gateway.ts";
import { runs } from "../property.ts";
import { waitFor } from "../wait-for.ts";

/** A gateway that logs as a process does, and its lines. */
function logged(options: Partial<ProcessLogOptions> = {}, gatewayOptions: Partial<GatewayOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const { logger, onOperation } = createProcessLog({
    level: "info",
    format: "json",
    personal: false,
    write,
    ...options,
  });
  const made = setup({}, undefined, {
    logging: "debug",
    logger,
    ...(onOperation && { onOperation }),
    ...gatewayOptions,
  });
  return { ...made, lines, logger, parsed: () => lines.map((line) => JSON.parse(line)) };
}

const query = `query Groups { account(id: "${account}") { name userGroups(first: 2) { nodes { name members { nodes { email } } } } } }`;

describe("a line of JSON", () => {
  test("for each operation, with its name, document, caller, cost and outcome", async () => {
    const { run, parsed } = logged();
    await run(query, {}, { authorization: "Bearer sandbox-admin", "x-request-id": "r-1" });
    const [line] = parsed();
    expect(Object.keys(line)).toEqual(
      "level time requestId name kind documentHash caller outcome joined calls shared retries cached stale age objects milliseconds upstreamMilliseconds ownMilliseconds message".split(
        " ",
      ),
    );
    expect(line).toMatchObject({
      level: "info",
      requestId: "r-1",
      name: "Groups",
      outcome: "ok",
      message: "operation",
    });
    expect(line.calls).toBeGreaterThan(2);
    expect(new Date(line.time).toISOString()).toBe(line.time);
  });

  test("of a question who may do what is known by its field, and has no row of the answer", async () => {
    const { run, lines, parsed } = logged();
    const { data } = await run<{ account: { whoCan: { nodes: { email: string }[] } } }, object>(
      `{ account(id: "${account}") { whoCan(permission: { label: "cache_domain_purge" }, on: { zoneName: "shop.acme.example" }) { nodes { email } } } }`,
    );
    expect(parsed()).toMatchObject([{ accessQuestions: ["whoCan"] }]);
    const emails = data?.account.whoCan.nodes.map(({ email }) => email) ?? [];
    expect(emails).not.toEqual([]);
    for (const email of emails) expect(lines.join("")).not.toContain(email);
  });

  test("has no address of a caller whose subject is one", async () => {
    const { run, lines } = logged({}, { authenticate });
    await run(
      query,
      {},
      { authorization: "Bearer sandbox-admin", "x-caller": "https://issuer.example ada@example.com" },
    );
    expect(lines[0]).toMatch(/"caller":"https:\/\/issuer\.example email:[0-9a-f]{12}"/);
  });

  test("for each refused request, with its status and code", async () => {
    const { gateway, parsed } = logged();
    await gateway.fetch("http://gateway/graphql", { method: "POST", body: "{", headers: { "x-request-id": "r-2" } });
    const refusal = { level: "info", requestId: "r-2", status: 415, code: "BAD_USER_INPUT", time: expect.any(String) };
    expect(parsed()).toEqual([{ ...refusal, message: expect.stringMatching(/^Request r-2 was refused with 415: /) }]);
  });

  test("has no line for an operation above `info`", async () => {
    const { run, lines } = logged({ level: "warn" });
    await run(query);
    expect(lines).toEqual([]);
  });
});

test("lines for people have time, level, message, and what an operation did", async () => {
  const { run, lines, logger } = logged({ format: "text" });
  await run(query, {}, { authorization: "Bearer sandbox-admin", "x-request-id": "r-3" });
  expect(lines[0]).toMatch(
    /^\S+Z INFO {2}operation requestId=r-3 name=Groups kind=query .*outcome=ok .*calls=\d+ .*\n$/,
  );
  logger.error("It failed:", { error: new Error("why", { cause: "that" }) });
  expect(lines[1]).toMatch(/^\S+Z ERROR It failed:\nError: why\n {4}at /);
});

test("of an error its name, message, stack and causes are told, and no other properties", () => {
  const { logger, parsed } = logged();
  const cause = Object.assign(new Error("inner"), { row: "secret row" });
  logger.error("It failed:", { error: Object.assign(new TypeError("outer", { cause }), { input: "secret input" }) });
  expect(parsed()).toMatchObject([{ error: { name: "TypeError", message: "outer", cause: { message: "inner" } } }]);
  expect(JSON.stringify(parsed())).not.toContain("secret");
});

test("with LOG_PERSONAL an e-mail address stays; without it equal ones become equal words", () => {
  const shown = (personal: boolean) => {
    const { logger, parsed } = logged({ personal });
    for (const name of ["ada@example.com", "ADA@example.com", "bob%40example.com"]) logger.info(`Caller ${name}.`);
    return parsed().map(({ message }) => message as string);
  };
  expect(shown(true)).toEqual(["Caller ada@example.com.", "Caller ADA@example.com.", "Caller bob%40example.com."]);
  const [one, same, other] = shown(false);
  expect(one).toMatch(/^Caller email:[0-9a-f]{12}$/);
  expect([same === one, other === one]).toEqual([true, false]);
});

const word = fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/);
const email = fc
  .tuple(fc.stringMatching(/^[a-z0-9.+_-]{1,12}$/), fc.stringMatching(/^[a-z0-9-]{1,10}\.[a-z]{2,6}$/))
  .map((parts) => parts.join("@"));

test("no credential and no e-mail address is ever logged, whatever a client sends", async () => {
  const places = fc.constantFrom("header", "document", "variable", "path", "query", "name", "type", "body");
  const property = fc.asyncProperty(word, email, fc.array(places, { maxLength: 4 }), async (token, address, where) => {
    const has = (place: typeof where extends (infer P)[] ? P : never) => where.includes(place);
    const { gateway, lines } = logged({ level: "debug" });
    const text = has("document")
      ? `query { account(id: "${address}") { name ${has("name") ? token.replaceAll("-", "_") : ""} } }`
      : query;
    const body = has("body") ? `${address} ${token}` : JSON.stringify({ query: text, variables: { [address]: token } });
    const response = gateway.fetch(
      `http://gateway/graphql${has("path") ? `/${address}/${token}` : ""}${has("query") ? `?token=${token}&mail=${address}` : ""}`,
      {
        method: "POST",
        headers: {
          "content-type": has("type") ? `text/${token}` : "application/json",
          ...(has("header") ? { "x-auth-email": address, "x-auth-key": token } : { authorization: `Bearer ${token}` }),
        },
        body,
      },
    );
    await (await response).text();
    await waitFor(() => expect(lines.length).toBeGreaterThan(0));
    for (const line of lines) {
      expect(line).not.toContain(token);
      expect(line.toLowerCase()).not.toContain(address.toLowerCase());
    }
  });
  await fc.assert(property, runs(60));
});
