import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway, type GatewayOptions } from "../../src/server/gateway.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { cloudflareQuota } from "../../src/upstream/budget.ts";
import { listening, type RawAnswer } from "./raw-http.ts";

const json = { "content-type": "application/json" };
const typename = '{"data":{"__typename":"Query"}}';
const operation = '{"query":"{__typename}"}';

/** Nothing of what callers get wrong is an error of ours. */
const errors = () => vi.spyOn(console, "error").mockReturnValue();
const lines = () => vi.spyOn(console, "info").mockReturnValue();
let logged: ReturnType<typeof lines>;
let failed: ReturnType<typeof errors>;
beforeEach(() => {
  logged = lines();
  failed = errors();
});
afterEach(() => {
  const bugs = failed.mock.calls;
  vi.restoreAllMocks();
  expect(bugs).toEqual([]);
});

function gatewayWith(options: Partial<GatewayOptions> = {}) {
  const sandbox = createSandbox();
  return { sandbox, gateway: createGateway({ transport: sandbox.handle, logging: "info", ...options }) };
}

function post(body: BodyInit | null, headers: Record<string, string> = json, options: Partial<GatewayOptions> = {}) {
  return gatewayWith(options).gateway.fetch("http://gateway/graphql", { method: "POST", headers, body });
}

function get(search: string, headers: Record<string, string> = {}) {
  return gatewayWith().gateway.fetch(`http://gateway/graphql?${search}`, { headers });
}

/** A refusal that names what was wrong, under this status for every media type, with a line in the log. */
async function expectRefused(response: Response, status: number, message: string | RegExp): Promise<void> {
  expect(response.status).toBe(status);
  const id = response.headers.get("x-request-id");
  expect(id).toMatch(/^[\w-]{36}$/);
  const bound = [413, 414].includes(status) || String(message).includes("nested");
  const code = bound ? "LIMIT_EXCEEDED" : "BAD_USER_INPUT";
  const body = await response.json();
  expect(body).toMatchObject({ errors: [{ message: expect.stringMatching(message), extensions: { code } }] });
  expect(body).not.toHaveProperty("data");
  const words = logged.mock.calls.map((each) => each.join(" "));
  expect(words).toEqual([expect.stringContaining(`Request ${id} was refused with ${status}: `)]);
  expect(words[0]).toMatch(message);
}

const mediaTypes = ["application/json", "application/graphql-response+json"];

describe("media types", () => {
  test.each([
    "application/json",
    "Application/JSON",
    "APPLICATION/JSON; Charset=UTF-8",
    'application/json;charset="utf-8"',
    "application/graphql+json",
    "application/json, application/json",
  ])("%s is JSON", async (type) => {
    const response = await post(operation, { "content-type": type });
    expect(await response.text()).toBe(typename);
  });

  test.each([
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain, application/json",
    "application/graphql",
    "application/json-seq",
    "application/jsonx",
    "application/json; charset=utf-16",
    "application/json; charset=latin1",
  ])("%s is not", async (type) => {
    await expectRefused(await post(operation, { "content-type": type }), 415, "Send the operation as");
  });

  test("a compressed body is refused, and the answer tells what is taken", async () => {
    const response = await post(operation, { ...json, "content-encoding": "gzip" });
    expect(response.headers.get("accept-encoding")).toBe("identity");
    await expectRefused(response, 415, "without `content-encoding`");
  });

  test.each(["text/plain", "application/json;charset=latin1", "image/*", "text/html"])(
    "with `accept: %s` nothing is run that could not be told",
    async (accept) => {
      const { sandbox, gateway } = gatewayWith();
      const response = await gateway.fetch("http://gateway/graphql", {
        method: "POST",
        headers: { ...json, accept, authorization: "Bearer sandbox-admin" },
        body: '{"query":"{ accounts { totalCount } }"}',
      });
      await expectRefused(response, 406, "The header `Accept` must allow one of");
      expect(sandbox.calls).toEqual([]);
    },
  );

  test.each(["", "*/*", "application/*;q=0.1", "text/html, APPLICATION/JSON", "application/json; charset=UTF-8"])(
    "with `accept: %s` it is",
    async (accept) => {
      expect(await (await post(operation, { ...json, accept })).text()).toBe(typename);
    },
  );
});

describe.each(mediaTypes)("for %s", (accept) => {
  test.each([
    ["", "must be JSON, and is not"],
    ["{", "must be JSON, and is not"],
    ["{ nonsense", "must be JSON, and is not"],
    [`${operation}x`, "must be JSON, and is not"],
    ["null", "must be one JSON object"],
    ["1", "must be one JSON object"],
    ['"{__typename}"', "must be one JSON object"],
    ["[]", "There are no batches"],
    [`[${operation}]`, "There are no batches"],
    ["{}", "`query` must be a string"],
    ['{"query":null}', "`query` must be a string"],
    ['{"query":1}', "`query` must be a string"],
    ['{"query":["{__typename}"]}', "`query` must be a string"],
    ['{"query":"{__typename}","operationName":{}}', "`operationName` must be a string"],
    ['{"query":"{__typename}","variables":"{}"}', "`variables` must be an object"],
    ['{"query":"{__typename}","variables":[]}', "`variables` must be an object"],
    ['{"query":"{__typename}","extensions":1}', "`extensions` must be an object"],
  ])("the body %s is refused", async (body, message) => {
    await expectRefused(await post(body, { ...json, accept }), 400, message);
  });

  test.each([
    ["", "`query` must be a string"],
    ["query=", "`query` must be a string"],
    ["query={__typename}&variables={", "`variables` must be JSON, and is not"],
    ["query={__typename}&variables=[]", "`variables` must be an object"],
    ["query={__typename}&variables=1", "`variables` must be an object"],
    ["query={__typename}&extensions={", "`extensions` must be JSON, and is not"],
    ["query={__typename}&query={__typename}", "must have `query` once"],
    ["query={__typename}&variables={}&variables={}", "must have `variables` once"],
    ["query=%zz", "not percent-encoded UTF-8"],
    ["query={__typename}&x=%", "not percent-encoded UTF-8"],
    ["query=%ff", "not percent-encoded UTF-8"],
  ])("the query string %s is refused", async (search, message) => {
    await expectRefused(await get(search, { accept }), 400, message);
  });

  test("a body that is no UTF-8 is refused", async () => {
    const body = new Uint8Array([...Buffer.from('{"query":"{__typename #'), 0xff, ...Buffer.from('\\n}"}')]);
    await expectRefused(await post(body, { ...json, accept }), 400, "The body is not UTF-8");
  });

  test.each([3_000, 400_000])("JSON that is nested %i deep is refused at once", async (depth) => {
    const lists = "[".repeat(depth) + "]".repeat(depth);
    const objects = '{"a":'.repeat(depth / 4) + 1 + "}".repeat(depth / 4);
    const started = performance.now();
    for (const body of [lists, objects, `{"variables":${lists}}`, `{"extensions":${objects}}`]) {
      await expectRefused(await post(body, { ...json, accept }), 400, "nested 64 deep at most");
      logged.mockClear();
    }
    if (depth > 3_000) return expect(performance.now() - started).toBeLessThan(1_000);
    for (const search of [`variables=${lists}`, `extensions=${objects}`]) {
      await expectRefused(await get(`query={__typename}&${search}`, { accept }), 400, "nested 64 deep at most");
      logged.mockClear();
    }
  });

  test.each([
    ["an operation that is not there", '{"query":"query A { __typename }","operationName":"B"}', 400],
    ["one of two that is not named", '{"query":"query A { __typename } query B { __typename }"}', 400],
    ["a parameter that we do not know", '{"query":"{__typename}","queries":1}', 400],
    ["a parameter that looks like a prototype", '{"query":"{__typename}","__proto__":{"a":1}}', 400],
  ])("%s is the caller's mistake", async (_, body, status) => {
    const response = await post(body, { ...json, accept });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  test("a mutation by GET is refused, and the answer tells how to send it", async () => {
    const response = await get(`query=${encodeURIComponent("mutation { __typename }")}`, { accept });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  const nested = (open: string, close: string) => open.repeat(3_000) + close.repeat(3_000);
  test.each([
    ["lists", `{ nodes(ids: ${nested("[", "]")}) { id } }`],
    ["objects", `{ nodes(ids: ${nested("{a:", "1}")}) { id } }`],
    ["types", `query ($a: ${"[".repeat(20_000)}ID${"]".repeat(20_000)}) { nodes(ids: $a) { id } }`],
    ["selections", nested("{ a ", "}")],
    ["fragments", `{ ${nested("... { ", " __typename }")} }`],
  ])("a document with %s nested thousands deep is beyond a limit", async (_, query) => {
    const response = await post(JSON.stringify({ query }), { ...json, accept });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
  });
});

describe("strings", () => {
  test("brackets, quotes and backslashes within them are no nesting", async () => {
    const text = `${"[{".repeat(5_000)}\\" \\\\`;
    const body = `{"query":"{__typename}","variables":{"b":"${text}"}}`;
    expect(await (await post(body)).json()).toEqual({ data: { __typename: "Query" } });
  });

  test("a byte order mark and half of a character that needs two do no harm", async () => {
    expect(await (await post(`\ufeff${operation}`)).text()).toBe(typename);
    const halved = '{"query":"{ node(id: \\"\\ud800\\") { id } }"}';
    expect((await post(halved)).status).toBe(200);
  });
});

describe("sizes", () => {
  const most = 2_000;
  const sized = (size: number) => `${operation.slice(0, -1)}${" ".repeat(size - operation.length)}}`;
  const refusal = (found?: number) => ({
    message: expect.stringMatching(/^The body must have at most 2000 bytes, and has (more than )?\d+ bytes\.$/),
    extensions: { code: "LIMIT_EXCEEDED", limit: { name: "MAX_BODY_SIZE", allowed: most, ...(found && { found }) } },
  });
  const head = "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n";
  const expectTooLarge = (answer: RawAnswer | undefined, found?: number) => {
    expect(answer?.status).toBe(413);
    expect(JSON.parse(answer?.body ?? "")).toEqual({ errors: [refusal(found)] });
  };

  test("a body of the size that is allowed is read, one byte more is not", async () => {
    const options = { maxBodySize: most };
    expect(await (await post(sized(most), json, options)).text()).toBe(typename);
    const response = await post(sized(most + 1), json, options);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ errors: [refusal(most + 1)] });
  });

  test("headers that were given are left as they are", async () => {
    const headers = { ...json };
    await post(operation, headers);
    expect(headers).toEqual(json);
  });

  test("without a setting it is one megabyte", async () => {
    expect((await post(sized(1024 * 1024))).status).toBe(200);
    expect((await post(sized(1024 * 1024 + 1))).status).toBe(413);
  });

  test("a stream is not read beyond it", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new TextEncoder().encode(" ".repeat(1_000)));
      },
    });
    const { gateway } = gatewayWith({ maxBodySize: most });
    const init = { method: "POST", headers: json, body, duplex: "half" };
    const request = new Request("http://gateway/graphql", init as RequestInit);
    const response = await gateway.fetch(request);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ errors: [refusal()] });
    expect(pulled).toBeLessThan(10);
  });

  test("over a socket it is refused before it was sent, and the connection goes on", async () => {
    await using server = await listening(gatewayWith({ maxBodySize: most }).gateway);
    using connection = server.connect().write(`${head}Content-Length: 3000\r\n\r\n`);
    expectTooLarge(await connection.answer(), 3000);
    connection.write(`${" ".repeat(3_000)}${head}Content-Length: ${operation.length}\r\n\r\n${operation}`);
    expect(await connection.answer()).toMatchObject({ status: 200, body: typename });
  });

  test("in chunks it is refused at the first byte beyond", async () => {
    await using server = await listening(gatewayWith({ maxBodySize: most }).gateway);
    const chunk = `3e8\r\n${" ".repeat(1_000)}\r\n`;
    using connection = server.connect().write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`);
    expectTooLarge(await connection.answer());
    connection.write(`0\r\n\r\n${head}Content-Length: ${operation.length}\r\n\r\n${operation}`);
    expect(await connection.answer()).toMatchObject({ status: 200, body: typename });
  });

  test("the query string of a GET has the same bound", async () => {
    const { gateway } = gatewayWith({ maxBodySize: most });
    const response = await gateway.fetch(`http://gateway/graphql?query={__typename}&x=${"y".repeat(most)}`);
    await expectRefused(response, 414, "The query string must have at most 2000 bytes, and has 2021.");
  });

  test.each(["abc", "-1", "1.5", "1, 2"])("`content-length: %s` is refused", async (length) => {
    await expectRefused(await post(operation, { ...json, "content-length": length }), 400, "is no number");
  });
});

describe("a body that was read before", () => {
  const advice = "mount the gateway before whatever reads bodies, such as `express.json()`, or give it a copy";
  const warnings = () => vi.spyOn(console, "warn").mockReturnValue();
  let warned: ReturnType<typeof warnings>;
  beforeEach(() => {
    warned = warnings();
  });

  /** The caller is not to blame, and the log says what to change in the server. */
  async function expectTold({ status, headers, body }: Pick<RawAnswer, "status" | "headers" | "body">): Promise<void> {
    expect(status).toBe(500);
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.stringContaining(advice), extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    });
    expect(warned.mock.calls.map((words) => words.join(" "))).toEqual([
      expect.stringMatching(
        new RegExp(`Request ${headers["x-request-id"]} was refused with 500: The body was read before`),
      ),
    ]);
  }

  test("is refused where nobody kept it", async () => {
    const request = new Request("http://gateway/graphql", { method: "POST", headers: json, body: operation });
    await request.text();
    const response = await gatewayWith().gateway.fetch(request);
    const { status, headers } = response;
    await expectTold({ status, headers: Object.fromEntries(headers), body: await response.text() });
  });

  test("is refused over a socket, too, and nobody waits for it", async () => {
    const { gateway } = gatewayWith();
    await using server = await listening(async (request, response) => {
      for await (const _ of request.iterator({ destroyOnReturn: false }));
      void gateway(request, response);
    });
    const answer = await server.send(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${operation.length}\r\n\r\n${operation}`,
    );
    await expectTold(answer as RawAnswer);
  });

  test("is taken as Express has parsed it, with the same bounds", async () => {
    const { gateway } = gatewayWith({ maxBodySize: 100 });
    let body: object = {};
    await using server = await listening(
      (request, response) => void gateway(Object.assign(request, { body }), response),
    );
    const ask = () => server.send("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n");
    body = { query: "{__typename}" };
    expect(await ask()).toMatchObject({ status: 200, body: typename });
    body = { query: "{__typename}", variables: { a: "x".repeat(100) } };
    expect(await ask()).toMatchObject({ status: 413 });
    body = { query: "{__typename}", variables: JSON.parse("[".repeat(10_000) + "]".repeat(10_000)) };
    expect(await ask()).toMatchObject({ status: 400 });
  });

  test("is read where Express 4 has `{}`, because it has parsed nothing", async () => {
    const { gateway } = gatewayWith();
    await using server = await listening(
      (request, response) => void gateway(Object.assign(request, { body: {} }), response),
    );
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/graphql+json\r\n";
    const answer = await server.send(`${head}Content-Length: ${operation.length}\r\n\r\n${operation}`);
    expect(answer).toMatchObject({ status: 200, body: typename });
  });
});

test("a client that leaves while it sends its body is no error of ours", async () => {
  const { gateway } = gatewayWith();
  const answered = Promise.withResolvers<void>();
  await using server = await listening(
    createServer((request, response) => void gateway(request, response).then(answered.resolve, answered.reject)),
  );
  using connection = server.connect();
  const arrived = new Promise((resolve) => server.server.once("request", resolve));
  connection.write(
    "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
  );
  await arrived;
  connection.socket.destroy();
  await answered.promise;
});

test.each(mediaTypes)("a bug of ours before anything runs is 500 for %s, and masked", async (accept) => {
  const budget = Object.assign(memoryBudget({ quota: cloudflareQuota }), {
    status: () => Promise.reject(new Error("s3cret")),
  });
  const response = await post('{"query":"{ accounts { totalCount } }"}', { ...json, accept }, { budget, maxCalls: 5 });
  expect(response.status).toBe(500);
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: "INTERNAL_SERVER_ERROR" } }] });
  expect(body).not.toContain("s3cret");
  expect(failed).toHaveBeenCalledOnce();
  failed.mockClear();
});
