import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, describe, expect } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { askProcess } from "../gateway-process.ts";
import { failure, listening, mockUpstream, transportOf } from "../mock-upstream.ts";
import { proxyTo } from "./proxy.ts";
import { certificates } from "./tls.ts";

const test = base.extend("certificates", { scope: "file" }, () => certificates());
const portOf = ({ url }: { url: string }) => Number(new URL(url).port);
const name = "http://api.upstream.test";

describe("the transport, with a proxy", () => {
  test("asks it for what has a name, with the user it is given", async () => {
    await using api = await mockUpstream((incoming, outgoing) =>
      outgoing.end(`${incoming.headers.authorization} ${incoming.url}`),
    );
    await using proxy = await proxyTo(() => portOf(api));
    const http = proxy.url.replace("//", "//user:s3cret@");
    await using transport = transportOf({ proxy: { http } });
    const answer = await transport.get(`${name}/client/v4/accounts?page=1`, {
      headers: { authorization: "Bearer own" },
    });
    expect(answer).toMatchObject({ status: 200, text: "Bearer own /client/v4/accounts?page=1" });
    expect(proxy.asked).toEqual([
      { line: `GET ${name}/client/v4/accounts?page=1`, authorization: `Basic ${btoa("user:s3cret")}` },
    ]);
  });

  test("reaches loopback addresses, and what NO_PROXY names, by itself", async () => {
    await using api = await mockUpstream((_, outgoing) => outgoing.end("{}"));
    await using proxy = await proxyTo(() => portOf(api));
    const { url } = proxy;
    await using transport = transportOf({ proxy: { http: url, https: url, no: "upstream.test, 192.0.2.1" } });
    for (const host of ["127.0.0.1", "localhost"]) {
      expect(await transport.get(`http://${host}:${portOf(api)}/`), host).toMatchObject({ text: "{}" });
    }
    expect(await failure(transport.get(`${name}/`))).toMatchObject({
      kind: "unavailable",
      message: "GET /accounts could not be reached (ENOTFOUND)",
    });
    expect(proxy.asked).toEqual([]);
    expect(await transport.get("http://other.test/")).toMatchObject({ text: "{}" });
    expect(proxy.asked).toHaveLength(1);
  });

  test("an https proxy is none for http", async () => {
    await using proxy = await proxyTo(() => 1);
    await using transport = transportOf({ proxy: { https: proxy.url } });
    expect(await failure(transport.get(`${name}/`))).toMatchObject({ kind: "unavailable" });
    expect(proxy.asked).toEqual([]);
  });

  test("tunnels TLS: the proxy sees the name, and the other side's certificate is looked at here", async ({
    certificates,
  }) => {
    await using api = await listening(
      createServer(certificates.good, (_, outgoing) => outgoing.end("{}")),
      "https",
    );
    await using proxy = await proxyTo(() => portOf(api));
    await using transport = transportOf({ proxy: { https: proxy.url } });
    expect(await failure(transport.get("https://api.upstream.test/"))).toMatchObject({
      kind: "unavailable",
      message: "GET /accounts could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)",
    });
    expect(proxy.asked.map(({ line }) => line)).toEqual(["CONNECT api.upstream.test:443"]);
  });

  test.for([
    [407, "PROXY_407"],
    [403, "PROXY_403"],
    [502, "PROXY_502"],
  ] as const)("that refuses a tunnel with %i: nothing was sent, and the code tells", async ([status, code]) => {
    await using proxy = await proxyTo(() => 1, status);
    await using transport = transportOf({ proxy: { https: proxy.url } });
    const call = transport.get("https://api.upstream.test/", { method: "POST", body: "{}" });
    expect(await failure(call)).toMatchObject({
      kind: "unavailable",
      message: `GET /accounts could not be reached (${code})`,
    });
  });

  test("that wants other credentials for plain HTTP has passed nothing on", async () => {
    await using proxy = await proxyTo(() => 1, 407);
    await using transport = transportOf({ proxy: { http: proxy.url } });
    const call = transport.get(`${name}/`, { method: "POST", body: "{}" });
    const message = "GET /accounts could not be reached (PROXY_407)";
    expect(await failure(call)).toMatchObject({ kind: "unavailable", message });
  });

  test("that is not there: nothing was sent", async () => {
    const proxy = await proxyTo(() => 1);
    await proxy[Symbol.asyncDispose]();
    await using transport = transportOf({ proxy: { https: proxy.url, http: proxy.url } });
    for (const url of ["https://api.upstream.test/", `${name}/`]) {
      expect(await failure(transport.get(url))).toMatchObject({
        kind: "unavailable",
        message: "GET /accounts could not be reached (ECONNREFUSED)",
      });
    }
  });

  test("keeps the deadline and the cap on connections", async () => {
    let [open, most] = [0, 0];
    await using api = await mockUpstream((incoming, outgoing) => {
      if (incoming.url === "/silent") return;
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        outgoing.end("{}");
      });
    });
    await using proxy = await proxyTo(() => portOf(api));
    await using transport = transportOf({ proxy: { http: proxy.url }, callTimeout: 1_000, concurrency: 2 });
    await Promise.all(Array.from({ length: 10 }, () => transport.get(`${name}/`)));
    expect(most).toBeLessThanOrEqual(2);
    expect(await failure(transport.get(`${name}/silent`))).toMatchObject({ kind: "timeout" });
  });
});

describe("the process", () => {
  const query = "{ accounts { nodes { name } } }";
  const acme = { data: { accounts: { nodes: [{ name: "Acme" }, { name: "Acme Ventures" }] } } };

  test("goes through HTTPS_PROXY to a name", async ({ certificates }) => {
    const sandbox = await createSandbox().listen();
    const tls = createServer(certificates.proxied, (incoming, outgoing) => {
      const onward = httpRequest(sandbox.url.replace(/\/client.*/, "") + incoming.url, {
        method: incoming.method ?? "GET",
        headers: incoming.headers,
      });
      onward.on("response", (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers)));
      incoming.pipe(onward);
    });
    await using api = await listening(tls, "https");
    await using proxy = await proxyTo(() => portOf(api));
    const folder = mkdtempSync(join(tmpdir(), "trust-"));
    writeFileSync(join(folder, "ca.pem"), certificates.proxied.cert);
    const settings = {
      CLOUDFLARE_API_BASE_URL: "https://api.upstream.test/client/v4",
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      https_proxy: proxy.url.replace("//", "//user:s3cret@"),
    };
    const [told] = await askProcess(settings, { query });
    rmSync(folder, { recursive: true });
    await sandbox.close();
    expect(told).toEqual({ answer: acme, stderr: "" });
    expect(proxy.asked).toEqual([
      { line: "CONNECT api.upstream.test:443", authorization: `Basic ${btoa("user:s3cret")}` },
    ]);
  });

  test("says in its log that the proxy refuses, without its password", async () => {
    await using proxy = await proxyTo(() => 1, 407);
    const settings = {
      CLOUDFLARE_API_BASE_URL: "https://api.upstream.test/client/v4",
      HTTPS_PROXY: proxy.url.replace("//", "//user:s3cret@"),
    };
    const [told] = await askProcess(settings, { query });
    expect(told?.answer.errors).toMatchObject([{ extensions: { code: "UPSTREAM_UNAVAILABLE" } }]);
    expect(told?.stderr).toBe(
      "https://api.upstream.test/client/v4 could not be reached (PROXY_407): the proxy rejects the credentials. Check user and password in HTTPS_PROXY or HTTP_PROXY.\n",
    );
  });

  test("reaches a loopback address without the proxy", async () => {
    await using proxy = await proxyTo(() => 1);
    const sandbox = await createSandbox().listen();
    const [told] = await askProcess(
      { CLOUDFLARE_API_BASE_URL: sandbox.url, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
      { query },
    );
    await sandbox.close();
    expect(told?.answer).toEqual(acme);
    expect(proxy.asked).toEqual([]);
  });
});
