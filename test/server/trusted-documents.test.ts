import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generate } from "@graphql-codegen/cli";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { getIntrospectionQuery, printSchema } from "graphql";
import { describe, vi } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { createGateway, type GatewayOptions } from "../../src/server/gateway.ts";
import { parseManifest } from "../../src/server/trusted-documents/manifest.ts";
import { type TrustedDocumentsOptions, trustedDocuments } from "../../src/server/trusted-documents.ts";
import { authenticate, expect, setup, test } from "../gateway.ts";
import { listening } from "./raw-http.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const text = "query Names { accounts { nodes { cloudflareId } } }";
const other = "{ accounts { totalCount } }";
const write = 'mutation Write { deleteUserGroup(input: { userGroupId: "x" }) { __typename } }';
const relays = "0123456789abcdef0123456789abcdef";
const documents = { [`sha256:${sha256(text)}`]: text, [relays]: text, "names-1": text, write };
const data = { accounts: { nodes: [{ cloudflareId: expect.any(String) }, { cloudflareId: expect.any(String) }] } };
const headers = { authorization: "Bearer sandbox-admin", "content-type": "application/json" };
const notFound = { message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } };

/** A gateway with trusted documents, asked over HTTP, and what it logs. */
function trusting(options: Partial<TrustedDocumentsOptions> = {}, more: Partial<GatewayOptions> = {}) {
  const trusted = trustedDocuments({ documents, ...options });
  const given = setup({}, undefined, { trustedDocuments: trusted, ...more });
  const ask = async (body: object, accept = "application/graphql-response+json", own = {}) => {
    const response = await given.gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { ...headers, accept, ...own },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      ...((await response.json()) as { data?: unknown; errors?: { message: string }[] }),
    };
  };
  const get = async (query: object) => {
    const url = `http://gateway/graphql?${new URLSearchParams(query as Record<string, string>)}`;
    const response = await given.gateway.fetch(url, {
      headers: { ...headers, accept: "application/graphql-response+json" },
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  return { ...given, ask, get };
}

/** What a gateway logs while something runs. */
async function logged(run: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const spies = (["info", "warn"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...given) => void lines.push(`${level} ${given.join(" ")}`)),
  );
  await run();
  for (const spy of spies) spy.mockRestore();
  return lines.map((line) => line.replace(/^(\w+).*Request \S+ /s, "$1: "));
}

describe("a trusted document is run by its ID", () => {
  const persistedQuery = { version: 1, sha256Hash: sha256(text) };
  test.each<[string, object, Record<string, string>]>([
    [
      "`documentId`, as GraphQL over HTTP has it",
      { documentId: `sha256:${sha256(text)}` },
      { documentId: `sha256:${sha256(text)}` },
    ],
    ["a custom one", { documentId: "names-1" }, { documentId: "names-1" }],
    ["Apollo's hash", { extensions: { persistedQuery } }, { extensions: JSON.stringify({ persistedQuery }) }],
    ["Relay's `doc_id`", { doc_id: relays }, { doc_id: relays }],
    ["Relay's `id`", { id: relays, query: "" }, { id: relays }],
  ])("%s, by POST and GET", async (_, body, query) => {
    const { ask, get } = trusting();
    expect(await ask(body)).toEqual({ status: 200, data });
    expect(await get(query)).toEqual({ status: 200, data });
  });

  test("with the variables and the name that come with it", async () => {
    const named = "query A($n: Int) { accounts(first: $n) { totalCount } } query B { __typename }";
    const { ask } = trusting({ documents: { two: named } });
    expect(await ask({ documentId: "two", operationName: "B" })).toEqual({
      status: 200,
      data: { __typename: "Query" },
    });
    expect(await ask({ documentId: "two", operationName: "A", variables: { n: 1 } })).toMatchObject({ status: 200 });
  });

  test("a mutation is not, by GET", async () => {
    expect(await trusting().get({ documentId: "write" })).toMatchObject({ status: 405 });
  });

  test("an unknown id is told in the words that clients know, under 400", async () => {
    const { ask, sandbox } = trusting();
    for (const body of [{ documentId: "none" }, { doc_id: "none" }, { documentId: "__proto__" }])
      for (const accept of ["application/json", "application/graphql-response+json"])
        expect(await ask(body, accept)).toEqual({ status: 400, errors: [notFound] });
    const apollos = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(other) } } };
    expect(await ask(apollos)).toEqual({ status: 400, errors: [notFound] });
    // Apollo's clients for Kotlin and Swift read no body under 400.
    expect(await ask(apollos, "application/json")).toEqual({ status: 200, errors: [notFound] });
    expect(sandbox.calls).toEqual([]);
  });
});

describe("where trusted documents are required", () => {
  test("one that is listed may be sent as it is, and in another layout", async () => {
    const { ask } = trusting();
    for (const query of [text, `# names\n${text.replaceAll(" ", "\n  ")}`])
      expect(await ask({ query })).toEqual({ status: 200, data });
  });

  test.each([
    ["a document", other],
    ["one that is no document", "}{"],
    ["a character that none has", "\u0000"],
    ["a comment and no more", "# a"],
    ["introspection", getIntrospectionQuery()],
    ["a listed one with a field more", text.replace("cloudflareId", "cloudflareId name")],
    ["a huge one", `{ ${"a ".repeat(100_000)}}`],
  ])("another is refused before it is parsed: %s", async (_, query) => {
    const { ask, sandbox } = trusting();
    const message = `This gateway runs trusted documents only, and sha256:${sha256(query)} is none of them.`;
    expect(await ask({ query })).toEqual({ status: 403, errors: [{ message, extensions: { code: "FORBIDDEN" } }] });
    expect(sandbox.calls).toEqual([]);
  });

  test("a hash beside another document lets nothing in", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(text) } };
    expect(await trusting().ask({ query: other, extensions, documentId: "names-1" })).toMatchObject({ status: 403 });
  });

  test("a caller who may send any document may send others, and introspect; the log says that they are exempt", async () => {
    const anna = { ...headers, "x-caller": "anna" };
    const more = {
      authenticate: async (given: Headers) => ({
        ...(await authenticate(given)),
        anyDocument: given.get("x-caller") === "anna",
      }),
      logging: "info" as const,
    };
    const { ask, run } = trusting({}, more);
    const lines = await logged(async () => {
      expect((await run(getIntrospectionQuery(), {}, anna)).data).toHaveProperty("__schema");
      expect(await ask({ query: other }, "*/*", { "x-caller": "ben" })).toMatchObject({
        errors: [{ extensions: { code: "FORBIDDEN" } }],
      });
    });
    expect(lines).toEqual([
      `info: has an exempt document, which is not listed: sha256:${sha256(getIntrospectionQuery())}`,
      expect.stringContaining("was refused with 403: This gateway runs trusted documents only"),
    ]);
    const { run: without } = trusting({}, { ...more, logging: false, introspection: false });
    expect((await without(getIntrospectionQuery(), {}, anna)).errors?.[0]?.message).toContain("introspection");
  });

  test("those of the host itself need not be listed", async () => {
    const { gateway } = trusting();
    expect((await gateway.execute(other, { credential: { token: "sandbox-admin" } })).data).toEqual({
      accounts: { totalCount: 2 },
    });
  });
});

test("where they are audited, an unknown document runs, and the log tells it by its hash", async () => {
  const { ask } = trusting({ mode: "audit" }, { logging: "info" });
  const lines = await logged(async () => {
    expect(await ask({ query: other })).toEqual({ status: 200, data: { accounts: { totalCount: 2 } } });
    expect(await ask({ query: text })).toEqual({ status: 200, data });
    expect(await ask({ documentId: "names-1" })).toEqual({ status: 200, data });
    expect(await ask({ documentId: "none" })).toEqual({ status: 400, errors: [notFound] });
  });
  expect(lines).toEqual([
    `warn: has an unknown document, which is not listed: sha256:${sha256(other)}`,
    expect.stringContaining("was refused with 400: PersistedQueryNotFound"),
  ]);
});

test("a manifest that has changed counts from the next request on", async () => {
  let current: Record<string, string> = {};
  const { ask } = trusting({ documents: () => current });
  expect(await ask({ query: other })).toMatchObject({ status: 403 });
  current = { other };
  expect(await ask({ query: other })).toMatchObject({ status: 200 });
  expect(await ask({ documentId: "other" })).toMatchObject({ status: 200 });
});

describe("clients of a gateway that requires trusted documents", () => {
  /** What a build of the client would write. */
  const built: Record<string, string> = {};
  const build = (written: string) => {
    built[`sha256:${sha256(written)}`] = written;
    return sha256(written);
  };
  async function served() {
    const { gateway } = trusting({ documents: () => ({ ...built }) });
    const sent: (string | undefined)[] = [];
    const server = createServer(async (request, response) => void gateway(request, response));
    const { fetch: send } = globalThis;
    const fetchNoted: typeof fetch = (url, init) => {
      sent.push(
        init?.method === "GET"
          ? "GET"
          : Object.keys(JSON.parse(String(init?.body))).includes("query")
            ? "document"
            : "hash",
      );
      return send(url, init);
    };
    const raw = await listening(server);
    return Object.assign(raw, { url: `http://127.0.0.1:${raw.port}/graphql`, sent, fetchNoted });
  }

  test("Apollo sends hashes, and never a document that is listed", async () => {
    await using server = await served();
    const link = new PersistedQueryLink({ sha256: build }).concat(
      new HttpLink({ uri: server.url, headers, fetch: server.fetchNoted }),
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    expect((await client.query({ query: gql(text) })).data).toMatchObject(data);
    expect(server.sent).toEqual(["hash"]);
    client.stop();
  });

  test("urql, too", async () => {
    await using server = await served();
    const client = new Client({
      url: server.url,
      preferGetMethod: false,
      exchanges: [
        persistedExchange({ preferGetForPersistedQueries: false, generateHash: async (query) => build(query) }),
        fetchExchange,
      ],
      fetchOptions: { headers },
      fetch: server.fetchNoted,
    });
    const result = await client.query(text, {}).toPromise();
    expect(result.error).toBeUndefined();
    expect(result.data).toMatchObject(data);
    expect(server.sent).toEqual(["hash"]);
  });

  test("a document that is not listed is sent once more by Apollo, and refused with what it can show", async () => {
    await using server = await served();
    const link = new PersistedQueryLink({ sha256 }).concat(
      new HttpLink({ uri: server.url, headers, fetch: server.fetchNoted }),
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    await expect(client.query({ query: gql("{ accounts { pageInfo { hasNextPage } } }") })).rejects.toThrow(
      /trusted documents only|403/,
    );
    expect(server.sent).toEqual(["hash", "document"]);
    client.stop();
  });
});

describe("the manifest of the client preset is read as it is", () => {
  test.each(["sha256", "sha1"] as const)("with %s", async (hashAlgorithm) => {
    const files = await generate(
      {
        schema: printSchema(schema),
        documents: `${text} query Counted($first: Int) { accounts(first: $first) { totalCount } }`,
        silent: true,
        generates: { "gen/": { preset: "client", presetConfig: { persistedDocuments: { hashAlgorithm } } } },
      },
      false,
    );
    const { content = "" } =
      files.find(({ filename }: { filename: string }) => filename.endsWith("persisted-documents.json")) ?? {};
    const manifest = parseManifest(content, "TRUSTED_DOCUMENTS");
    const { ask } = trusting({ documents: manifest });
    const ids = Object.keys(manifest);
    expect(ids).toHaveLength(2);
    for (const documentId of ids) expect(await ask({ documentId })).toMatchObject({ status: 200 });
    // Its layout is another than that of the source.
    expect(await ask({ query: text })).toEqual({ status: 200, data });
  });
});

test("a gateway without trusted documents says that it has no IDs", async () => {
  const { sandbox } = setup();
  const gateway = createGateway({ transport: sandbox.handle, logging: false });
  for (const body of [{ documentId: "names-1" }, { doc_id: relays }]) {
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" } }],
    });
  }
});
