import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { describe, expect, test } from "vitest";
import { createHttpServer } from "../../src/server/http-server.ts";
import { createLog } from "../../src/server/log.ts";
import { createMetricsServer } from "../../src/server/metrics-server.ts";

/** Both servers of a process, on ports of their own. */
async function listening() {
  const bounds = { maxConnections: 10, headersTimeout: 1_000, requestTimeout: 1_000, keepAliveTimeout: 1_000 };
  const logger = createLog({ logging: false });
  const main = createHttpServer((_, response) => response.end("listener"), {
    ...bounds,
    maxHeaderSize: 16_384,
    logger,
  });
  const read = async () => ({ type: "text/plain; version=0.0.4", text: "up 1\n" });
  const own = createMetricsServer({ metrics: { read }, isDraining: () => main.draining });
  const urlOf = async (server: Server) => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const urls = [await urlOf(main.server), await urlOf(own)] as const;
  return {
    main,
    urls,
    [Symbol.asyncDispose]: async () => {
      for (const server of [main.server, own]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function ask(url: string, path: string, method = "GET") {
  const response = await fetch(url + path, { method, headers: { connection: "close" } });
  return [response.status, await response.text()];
}

describe("health", () => {
  test("is told by both ports: alive to the end, and ready until the process is drained", async () => {
    await using started = await listening();
    const { main, urls } = started;
    for (const url of urls)
      for (const path of ["/health", "/health/live", "/health/ready"]) {
        expect(await ask(url, path)).toEqual([200, "ok"]);
        expect(await ask(url, path, "HEAD")).toEqual([200, ""]);
        expect((await ask(url, path, "POST"))[0]).toBe(405);
      }
    const drained = main.drain(200, 1_000);
    for (const url of urls) {
      expect(await ask(url, "/health/live")).toEqual([200, "ok"]);
      for (const path of ["/health", "/health/ready"]) expect(await ask(url, path)).toEqual([503, "shutting down"]);
    }
    await drained;
    const [port, metricsPort] = urls;
    await expect(ask(port, "/health/live")).rejects.toThrow();
    expect(await ask(metricsPort, "/health/ready")).toEqual([503, "shutting down"]);
    expect(await ask(metricsPort, "/health/live")).toEqual([200, "ok"]);
  });

  test("its paths are exact, and the metrics' port has metrics and nothing of the gateway", async () => {
    await using started = await listening();
    const [port, metricsPort] = started.urls;
    expect(await ask(port, "/health/other")).toEqual([200, "listener"]);
    expect(await ask(port, "/metrics")).toEqual([200, "listener"]);
    expect(await ask(metricsPort, "/metrics")).toEqual([200, "up 1\n"]);
    expect((await ask(metricsPort, "/metrics", "POST"))[0]).toBe(405);
    for (const path of ["/graphql", "/", "/metrics/x"]) expect((await ask(metricsPort, path))[0]).toBe(404);
  });
});
