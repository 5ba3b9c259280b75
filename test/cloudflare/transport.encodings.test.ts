import { randomBytes } from "node:crypto";
import {
  brotliCompressSync as br,
  constants,
  deflateSync as deflate,
  deflateRawSync,
  gzipSync as gzip,
  zstdCompressSync as zstd,
} from "node:zlib";
import { describe, expect, test } from "vitest";
import { createClient } from "../../src/cloudflare/client.ts";
import { accounts } from "../../src/cloudflare/index.ts";
import type { TransportOptions } from "../../src/cloudflare/transport.ts";
import { failure, mockUpstream, transports } from "../mock-upstream.ts";

const records = [{ id: "a", name: "Åcme" }];
const envelope = JSON.stringify({ success: true, result: records });
const megabyte = 1024 * 1024;

const zeros = Buffer.alloc(100 * megabyte);
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } };
/** Bodies of a few kilobytes that are a hundred megabytes. */
const bombs: [encoding: string, body: Buffer][] = [
  ["gzip", gzip(zeros, { level: 6 })],
  ["br", br(zeros, quick)],
  ["gzip, gzip", gzip(gzip(zeros, { level: 6 }))],
];

/** An envelope of so many bytes, most of them in a field that nobody knows. */
const sized = (bytes: number) => {
  const rest = JSON.stringify({ success: true, result: records, padding: "" });
  return JSON.stringify({ success: true, result: records, padding: "x".repeat(bytes - Buffer.byteLength(rest)) });
};

describe.each(transports)("%s: an answer in an encoding", (name, transportOf) => {
  /** Asks for accounts where every answer is this body, said to be in this encoding. */
  async function ask(
    encoding: string,
    body: Buffer | string,
    options: TransportOptions = {},
    status = 200,
    pieces = 1,
  ) {
    const bytes = Buffer.from(body);
    const asked: (string | string[] | undefined)[] = [];
    await using api = await mockUpstream(async (incoming, outgoing) => {
      asked.push(incoming.headers["accept-encoding"]);
      outgoing.writeHead(status, { "content-encoding": encoding, "content-type": "application/json" });
      const length = Math.ceil(bytes.length / pieces);
      for (let at = 0; at < bytes.length; at += length) {
        await new Promise((resolve) => outgoing.write(bytes.subarray(at, at + length), resolve));
      }
      outgoing.end();
    });
    await using transport = transportOf(options);
    const client = createClient({ transport: transport.transport, baseUrl: api.url, credential: { token: "s3cret" } });
    const answer = await client(accounts.list, {}).catch((error: unknown) => Promise.reject(error));
    expect(asked).toEqual(["gzip, deflate, br"]);
    return answer.result;
  }

  test.for<[encoding: string, body: Buffer]>([
    ["gzip", gzip(envelope)],
    ["x-gzip", gzip(envelope)],
    ["GZIP", gzip(envelope)],
    ["deflate", deflate(envelope)],
    ["deflate", deflateRawSync(envelope)],
    ["br", br(envelope)],
    ["identity", Buffer.from(envelope)],
    ["gzip, br", br(gzip(envelope))],
    ["deflate, gzip", gzip(deflate(envelope))],
  ])("%s is read", async ([encoding, body]) => {
    expect(await ask(encoding, body)).toEqual(records);
    expect(await ask(encoding, body, {}, 200, 7)).toEqual(records);
  });

  test.for<[encoding: string, pack: (text: string) => Buffer]>([
    ["gzip", gzip],
    ["deflate", deflate],
    ["br", br],
  ])("%s is bounded after decoding, to the byte", async ([encoding, pack]) => {
    for (const bytes of [2_000, 300_000, megabyte]) {
      const body = pack(sized(bytes));
      expect(await ask(encoding, body, { maxResponseSize: bytes })).toEqual(records);
      const error = await failure(ask(encoding, body, { maxResponseSize: bytes - 1 }));
      expect(error).toMatchObject({
        kind: "upstream_failure",
        message: `GET /accounts answered with more than ${bytes - 1} bytes`,
      });
    }
  });

  test("that says nothing of itself costs little: a bomb ends at the bound", async () => {
    for (const [encoding, body] of bombs) {
      expect(body.length).toBeLessThan(megabyte);
      const before = process.memoryUsage().rss;
      const error = await failure(ask(encoding, body, { maxResponseSize: 8 * megabyte }));
      expect(error).toMatchObject({
        kind: "upstream_failure",
        message: expect.stringContaining("more than 8388608 bytes"),
      });
      expect(process.memoryUsage().rss - before).toBeLessThan(60 * megabyte);
    }
  });

  test.for<[says: string, encoding: string, body: Buffer]>([
    ["cut off", "gzip", gzip(sized(5_000)).subarray(0, -20)],
    ["cut off", "deflate", deflate(envelope).subarray(0, -8)],
    ["cut off", "br", br(randomBytes(5_000)).subarray(0, 2_000)],
    ["no gzip at all", "gzip", Buffer.from(envelope)],
    ["no brotli at all", "br", Buffer.from(envelope)],
    ["one layer less than it says", "gzip, gzip", gzip(envelope)],
    ["unknown", "zstd-of-tomorrow", Buffer.from(envelope)],
    ["unknown below a known one", "compress, gzip", gzip(envelope)],
  ])("that is %s (%s) is invalid, and says so", async ([, encoding, body]) => {
    const error = await failure(ask(encoding, body));
    // Some platforms' fetch gives what it has of such a body, others break off.
    expect(name === "fetchTransport()" ? ["invalid_response", "upstream_failure"] : ["invalid_response"]).toContain(
      error.kind,
    );
    expect(error.message).not.toMatch(/expected|undefined/);
    if (name === "createTransport()") {
      expect(error.message).toMatch(/^GET \/accounts was answered with 200 and a body in the encoding \S+(,| that)/);
    }
  });

  test.for<[status: number, kind: string]>([
    [429, "rate_limited"],
    [503, "upstream_failure"],
    [404, "invalid_response"],
  ])("that cannot be read leaves %i what it is: %s", async ([status, kind]) => {
    expect(await failure(ask("compress", envelope, {}, status))).toMatchObject({ kind, status });
  });

  test("with nothing in it is an empty body", async () => {
    const error = await failure(ask("gzip", ""));
    expect(error).toMatchObject({ kind: "invalid_response", message: expect.stringContaining("an empty body") });
  });
});

test("layers beyond three are not taken off: each could multiply the body", async () => {
  const [, transportOf] = transports[0] ?? [];
  const body = gzip(gzip(gzip(gzip(envelope))));
  await using api = await mockUpstream((_, outgoing) =>
    outgoing.writeHead(200, { "content-encoding": "gzip, gzip, gzip, gzip" }).end(body),
  );
  await using transport = transportOf?.({});
  expect(await transport?.get(`${api.url}/`)).toMatchObject({
    text: "",
    unreadable: "a body in 4 encodings on top of each other",
  });
});

test("an encoding that the platform's fetch takes off unasked is read there, too", async () => {
  await using api = await mockUpstream((_, outgoing) =>
    outgoing.writeHead(200, { "content-encoding": "zstd" }).end(zstd(envelope)),
  );
  const [, fetchTransportOf] = transports[1] ?? [];
  await using transport = fetchTransportOf?.({});
  expect(await transport?.get(`${api.url}/`)).toMatchObject({ text: envelope });
});
