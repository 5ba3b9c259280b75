import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { describe, expect, test } from "vitest";
import { setup } from "../gateway.ts";
import { listening } from "./raw-http.ts";

const text = "query Names { accounts { nodes { cloudflareId } } }";
const other = "query Counted { accounts { totalCount } }";
const headers = { authorization: "Bearer sandbox-admin" };
const sha256 = (query: string) => createHash("sha256").update(query).digest("hex");
const persistedQuery = { version: 1, sha256Hash: sha256(text) };

/** A gateway over HTTP, and what has arrived there: the method, and whether it had a document. */
async function served() {
  const { gateway, run } = setup();
  const requests: string[] = [];
  const note = async (request: IncomingMessage, body: string) => {
    const { searchParams } = new URL(request.url ?? "", "http://gateway");
    const params = request.method === "GET" ? Object.fromEntries(searchParams) : JSON.parse(body);
    requests.push(`${request.method} ${params.query ? "document" : "hash"}`);
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.once("end", () => void note(request, body));
    void gateway(request, response);
  });
  const raw = await listening(server);
  return Object.assign(raw, { url: `http://127.0.0.1:${raw.port}/graphql`, requests, run });
}

describe("clients with automatic persisted queries fall back to documents, and stay with them", () => {
  test.each([
    ["POST", false],
    ["GET", true],
  ])("Apollo by %s", async (method, useGETForHashedQueries) => {
    await using server = await served();
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      defaultOptions: { query: { fetchPolicy: "no-cache" } },
      link: new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(
        new HttpLink({ uri: server.url, headers }),
      ),
    });
    const { data } = await client.query({ query: gql(text) });
    expect(data).toMatchObject((await server.run(text)).data as object);
    expect((await client.query({ query: gql(other) })).data).toMatchObject({ accounts: { totalCount: 2 } });
    expect(server.requests).toEqual([`${method} hash`, "POST document", "POST document"]);
    client.stop();
  });

  test.each([
    ["POST", false as const],
    ["GET", "force" as const],
  ])("urql by %s", async (method, preferGetForPersistedQueries) => {
    await using server = await served();
    const client = new Client({
      url: server.url,
      preferGetMethod: false,
      exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
      fetchOptions: { headers },
    });
    const { data, error } = await client.query(text, {}).toPromise();
    expect(error).toBeUndefined();
    expect(data).toEqual((await server.run(text)).data);
    expect((await client.query(other, {}).toPromise()).data).toEqual({ accounts: { totalCount: 2 } });
    expect(server.requests[0]).toBe(`${method} hash`);
    expect(server.requests.slice(1).map((request) => request.split(" ")[1])).toEqual(["document", "document"]);
  });
});

describe("a hash in place of a document is answered in both forms that clients look for", () => {
  const answer = {
    errors: [{ message: "PersistedQueryNotSupported", extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" } }],
  };

  test.each([
    ["application/json", 200],
    ["application/graphql-response+json", 400],
  ])("%s gets %i, which nobody may keep", async (accept, status) => {
    await using server = await served();
    const extensions = { persistedQuery };
    const asked = [
      fetch(`${server.url}?extensions=${encodeURIComponent(JSON.stringify(extensions))}`, { headers: { accept } }),
      ...[{ extensions }, { query: "", extensions }, { query: null, operationName: "Names", extensions }].map((body) =>
        fetch(server.url, {
          method: "POST",
          headers: { accept, "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      ),
    ];
    for (const response of await Promise.all(asked)) {
      expect(await response.json()).toEqual(answer);
      expect(response.status).toBe(status);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("content-type")).toContain(accept);
    }
  });

  test("with its document beside it, the document is run; without either, the document is missed", async () => {
    await using server = await served();
    const ask = async (body: object) => {
      const response = await fetch(server.url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return response.json();
    };
    expect(await ask({ query: "{ __typename }", extensions: { persistedQuery } })).toEqual({
      data: { __typename: "Query" },
    });
    for (const extensions of [{}, { persistedQuery: null }, null]) {
      expect(await ask({ extensions })).toMatchObject({ errors: [{ message: expect.stringContaining("`query`") }] });
    }
  });
});
