import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, describe, expect } from "vitest";
import { createTransport, type Transport } from "../../src/cloudflare/transport.ts";
import { account, setup } from "../gateway.ts";
import { askProcess } from "../gateway-process.ts";
import { cases, stateOf } from "../graph/mutations/cases.ts";
import { mutateBy, nobody, noon } from "../graph/mutations/mutation.ts";
import { failure, listening, type MockUpstream, rawMockUpstream, transportOf, transports } from "../mock-upstream.ts";
import { type Certificate, certificates } from "./tls.ts";

const test = base.extend("certificates", { scope: "file" }, () => certificates());

type Certificates = ReturnType<typeof certificates>;

/** An upstream that speaks TLS with one of the certificates, and counts what it is asked. */
async function tlsVendor(certificate: Certificate) {
  let asked = 0;
  const server = createServer(certificate, (_, outgoing) => {
    asked++;
    outgoing.end("{}");
  });
  const vendor = await listening(server, "https");
  return { ...vendor, asked: () => asked, trust: certificate.cert };
}

/** Nobody: what listened there is gone. */
async function nobodyThere(): Promise<MockUpstream> {
  const vendor = await rawMockUpstream(() => undefined);
  await vendor[Symbol.asyncDispose]();
  return { ...vendor, [Symbol.asyncDispose]: async () => {} };
}

const plain = (scheme: string) =>
  listening(
    createHttp((_, outgoing) => outgoing.end("{}")),
    scheme,
  );

type Made = MockUpstream & { trust?: string; asked?: () => number };

/** Everything that keeps a call from being sent: how the failure is named, and what there is to check. */
const causes: [says: string, code: string, advice: string, make: (from: Certificates) => Promise<Made>][] = [
  [
    "a certificate that signs itself",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "NODE_EXTRA_CA_CERTS",
    async ({ good }) => ({ ...(await tlsVendor(good)), trust: "" }),
  ],
  ["a certificate that is over", "CERT_HAS_EXPIRED", "Check the clock", ({ expired }) => tlsVendor(expired)],
  ["a certificate of tomorrow", "CERT_NOT_YET_VALID", "Check the clock", ({ future }) => tlsVendor(future)],
  [
    "a certificate of another host",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "for another host",
    ({ otherHost }) => tlsVendor(otherHost),
  ],
  ["TLS to a port of plain HTTP", "ERR_SSL_WRONG_VERSION_NUMBER", "begin with http:", () => plain("https")],
  [
    "plain HTTP to a port of TLS",
    "ERR_SSL_HTTP_REQUEST",
    "begin with https:",
    async ({ good }) => {
      const vendor = await tlsVendor(good);
      return { ...vendor, url: vendor.url.replace("https:", "http:") };
    },
  ],
  ["nobody", "ECONNREFUSED", "no server listens there", nobodyThere],
  [
    "a name that is none",
    "ENOTFOUND",
    "the DNS",
    async () => ({ ...(await nobodyThere()), url: "https://nobody.invalid" }),
  ],
];

// What a process trusts is set at its start, and `fetch` cannot look at who answers nothing.
const trusted = /ALTNAME/;
const probed = /HTTP_REQUEST/;

describe.each(transports)("%s: what certainly never left", (name, transportOf) => {
  const own = causes.filter(([, code]) => !trusted.test(code) && (name === "createTransport()" || !probed.test(code)));
  test.for(own)("%s: %s", async ([, code, , make], { certificates }) => {
    await using api = await make(certificates);
    await using transport = transportOf();
    expect(await failure(transport.get(`${api.url}/`, { method: "POST", body: "{}" }))).toMatchObject({
      kind: "unavailable",
      status: null,
      message: `GET /accounts could not be reached (${code})`,
    });
    expect(api.asked?.() ?? 0).toBe(0);
  });
});

test("a server of plain HTTP that hangs up has had the call, whatever else speaks TLS", async () => {
  let hangsUp = false;
  await using api = await listening(createHttp((_, outgoing) => (hangsUp ? outgoing.destroy() : outgoing.end("{}"))));
  await using transport = transportOf();
  const broken = { kind: "upstream_failure", message: "GET /accounts broke the connection (UND_ERR_SOCKET)" };
  await transport.get(`${api.url}/`);
  hangsUp = true;
  expect(await failure(transport.get(`${api.url}/`))).toMatchObject(broken);
  await using fresh = transportOf();
  expect(await failure(fresh.get(`${api.url}/`))).toMatchObject(broken);
});

describe("the process", () => {
  const query = "{ accounts { totalCount } }";
  const mutation = `mutation { deleteUserGroup(input: { accountId: "${account}", userGroupId: "${nobody}" }) {
    __typename ... on UpstreamError { outcome message } } }`;

  test.for(causes)(
    "%s (%s): UPSTREAM_UNAVAILABLE, NOT_SENT, and a line in the log",
    async ([, code, advice, make], { certificates }) => {
      await using api = await make(certificates);
      const folder = mkdtempSync(join(tmpdir(), "trust-"));
      writeFileSync(join(folder, "ca.pem"), api.trust ?? "");
      const baseUrl = `${api.url}/client/v4`;
      const settings = {
        CLOUDFLARE_API_BASE_URL: baseUrl,
        ...(api.trust && { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }),
      };
      const [read, write] = await askProcess(settings, { query }, { query: mutation });
      rmSync(folder, { recursive: true });
      expect(read?.answer.errors).toMatchObject([
        { extensions: { code: "UPSTREAM_UNAVAILABLE" }, message: `GET /accounts could not be reached (${code})` },
      ]);
      expect(write?.answer.data).toMatchObject({
        deleteUserGroup: {
          __typename: "UpstreamError",
          outcome: "NOT_SENT",
          message: expect.stringContaining(`(${code}). Nothing was sent.`),
        },
      });
      expect(JSON.stringify(read?.answer)).not.toContain(new URL(baseUrl).host);
      // Once, however many calls met it.
      const lines = read?.stderr.trim().split("\n") ?? [];
      expect(lines).toHaveLength(1);
      expect(lines[0]?.startsWith(`${baseUrl} could not be reached (${code}): `)).toBe(true);
      expect(lines[0]).toContain(advice);
      expect(api.asked?.() ?? 0).toBe(0);
    },
  );
});

describe("every write that meets a certificate nobody vouches for was not sent", () => {
  test.for(cases)("$title", async (each, { certificates }) => {
    await using api = await tlsVendor(certificates.good);
    const wire = createTransport();
    const mixed =
      ({ handle }: { handle: Transport }): Transport =>
      (request) =>
        request.method === "GET"
          ? handle(request)
          : wire({ ...request, url: request.url.replace("http://sandbox", api.url) });
    const { sandbox, run } = setup({ clock: noon }, mixed);
    const input = await each.input(sandbox, run);
    const before = stateOf(sandbox);
    const { result } = await mutateBy(run)(each.mutation, input);
    await wire.close();
    expect(result).toMatchObject({ __typename: "UpstreamError", outcome: "NOT_SENT" });
    expect(result.message).toContain("could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT). Nothing was sent.");
    expect(stateOf(sandbox)).toEqual(before);
  });
});
