import { expect, test } from "vitest";
import { setup } from "../gateway.ts";

/** A request as the checks of graphql-cop send it, and what must not be in the answer. */
interface Check {
  name: string;
  method?: "GET" | "POST";
  query?: string;
  type?: string;
  body?: string;
  accept?: string;
  /** Whether the gateway answers introspection. */
  introspection?: boolean;
}

const repeated = (times: number, text: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => text(n)).join(" ");
const ofTypes = (depth: number): string => (depth === 0 ? "name" : `fields { type { ${ofTypes(depth - 1)} } }`);
const json = (query: string) => JSON.stringify({ query });

/** Each is a vulnerability if it is answered with data, or by what its name says. */
const refused: Check[] = [
  { name: "introspection", body: json("{ __schema { queryType { name } } }") },
  { name: "alias overloading: 201 aliases", body: json(`{ ${repeated(201, (n) => `a${n}: __typename`)} }`) },
  {
    name: "batch of 10 operations",
    body: JSON.stringify(Array.from({ length: 10 }, () => ({ query: "{ __typename }" }))),
  },
  { name: "directive overloading: 51 directives", body: json(`{ __typename ${"@skip(if: false) ".repeat(51)} }`) },
  { name: "an unknown directive", body: json("{ __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }") },
  { name: "circular introspection", introspection: true, body: json(`{ __schema { types { ${ofTypes(24)} } } }`) },
  { name: "field duplication: 4,001 tokens", body: json(`{ ${"__typename ".repeat(4_000)} }`) },
  { name: "a mutation by GET", method: "GET", query: "mutation { __typename }" },
  { name: "a form in place of JSON", type: "application/x-www-form-urlencoded", body: "query=%7B__typename%7D" },
  { name: "plain text in place of JSON", type: "text/plain", body: json("{ __typename }") },
];

async function send({ method = "POST", query, type = "application/json", body, accept, introspection = false }: Check) {
  const { gateway, sandbox } = setup({}, undefined, { introspection, suggestions: false, explain: false });
  const target = `http://gateway/graphql${query ? `?query=${encodeURIComponent(query)}` : ""}`;
  const headers = {
    authorization: "Bearer sandbox-admin",
    ...(body && { "content-type": type }),
    ...(accept && { accept }),
  };
  const response = await gateway.fetch(target, { method, headers, ...(body !== undefined && { body }) });
  return { status: response.status, text: await response.text(), calls: sandbox.calls.length };
}

test.each(refused)("graphql-cop: $name is refused by a 4xx, without data and without a call", async (check) => {
  const { status, text, calls } = await send({ accept: "application/graphql-response+json", ...check });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(JSON.parse(text)).not.toHaveProperty("data.__typename");
  expect(calls).toBe(0);
});

test("graphql-cop: an unknown field brings no suggestion", async () => {
  const { text } = await send({ name: "field suggestions", body: json("{ acount accountz __schemas }") });
  expect(text).not.toMatch(/did you mean/i);
});

test("graphql-cop: no IDE is detected where none is on", async () => {
  const { text } = await send({ name: "GraphiQL", method: "GET", accept: "text/html" });
  expect(text).not.toMatch(/graphiql\.(min\.)?(js|css)|GraphQL Playground|<script/i);
});

test("graphql-cop: nothing is traced, and no error tells of a stack", async () => {
  const { text } = await send({ name: "trace mode", body: json("{ __typename accounts { totalCount } nope }") });
  expect(text).not.toMatch(/tracing|stacktrace|exception|node_modules/i);
});
