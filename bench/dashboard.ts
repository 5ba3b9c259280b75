import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { endpoints } from "../src/cloudflare/index.ts";
import { acmeId, venturesId } from "../src/sandbox/acme.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { chartsOf } from "./charts.ts";
import { startGateway } from "./servers.ts";

/**
 * Draws docs/dashboard.png: every query of docs/grafana.json over three minutes in which a Prometheus reads two gateways under
 * load and faults. It needs `prometheus` and `chromium`. `node bench/dashboard.ts --seconds 60` is a first look.
 */
const seconds = Number(process.argv[process.argv.indexOf("--seconds") + 1]) || 180;
const SCRAPE = 2;
const port = 20_000 + (process.pid % 10_000);
const url = `http://127.0.0.1:${port}`;
const ports = [1, 2].map((n) => ({ own: port + n, metrics: port + 10 + n }));

/** The load begins before: the first seconds are those of a process that has just begun. */
const start = Date.now() + 15_000;
/** Whether it is between two shares of the time. */
function isBetween(from: number, to: number): boolean {
  const share = (Date.now() - start) / (seconds * 1000);
  return share >= from && share < to;
}
const sandbox = createSandbox({
  groups: 30,
  membersPerGroup: 10,
  quota: { requests: 50_000, seconds: 3600 },
  jitter: [5, 40],
});
for (const { route } of endpoints) {
  sandbox.injectFault(route, { kind: "latency", milliseconds: 400 }, () => Math.random() < 0.01);
  sandbox.injectFault(route, { kind: "reset", at: "head" }, () => Math.random() < 0.003);
  sandbox.injectFault(route, { kind: "error", status: 502, body: "html" }, () => Math.random() < 0.005);
  // First one credential meets an upstream that is down, later all of them do.
  sandbox.injectFault(route, { kind: "error", status: 503, body: "html" }, ({ credential = "" }) =>
    isBetween(0.3, 0.42) ? credential.endsWith("-1") : isBetween(0.58, 0.76),
  );
}
const rest = await sandbox.listen();
const settings = {
  CLOUDFLARE_API_BASE_URL: rest.url,
  CACHE_MAX_AGE: "60s",
  CACHE_STALE_IF_ERROR: "60s",
  CACHE_SIZE: "1300KB",
  UPSTREAM_CONCURRENCY: "8",
  LOG_LEVEL: "error",
};
const gateways = await Promise.all(
  ports.map((at) => startGateway(rest, { ...settings, PORT: String(at.own), METRICS_PORT: String(at.metrics) })),
);

const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
const instances = ports.map(({ metrics }, n) => ({
  targets: [`127.0.0.1:${metrics}`],
  labels: { instance: `gateway-${n + 1}` },
}));
const scraped = {
  global: { scrape_interval: `${SCRAPE}s`, scrape_timeout: `${SCRAPE}s` },
  scrape_configs: [{ job_name: "iam", static_configs: instances }],
};
writeFileSync(join(folder, "config.yaml"), JSON.stringify(scraped));
const files = [`--config.file=${folder}/config.yaml`, `--storage.tsdb.path=${folder}/data`];
const prometheus = spawn("prometheus", [...files, `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"]);
process.once("exit", () => prometheus.kill("SIGKILL"));

const documents = ["02-groups-with-policies", "03-full-graph", "05-members-with-users", "10-account-members"].map(
  (name) => readFileSync(new URL(`../schema/operations/${name}.graphql`, import.meta.url), "utf8"),
);
const create = `mutation ($name: String!) {
  createUserGroup(input: { accountId: "${venturesId}", name: $name }) { __typename } }`;

async function ask(query: string, variables: object, headers: Record<string, string>): Promise<void> {
  const { own } = ports[Math.random() < 0.5 ? 0 : 1] ?? { own: 0 };
  const body = JSON.stringify({ query, variables });
  const type = { "content-type": "application/json" };
  await (
    await fetch(`http://127.0.0.1:${own}/graphql`, { method: "POST", headers: { ...type, ...headers }, body })
  ).text();
}

/** Asks in turn for what is remembered and what is not, once or by three at the same time; writes, mistakes, invented tokens. */
async function caller(n: number): Promise<void> {
  for (let i = n; Date.now() < start + seconds * 1000; i++) {
    const authorization = `Bearer sandbox-admin-${n % 3}`;
    const query = documents[i % documents.length] ?? "";
    const variables = { account: acmeId, groups: 10 + 5 * (i % 4), name: `Made ${n} ${i}` };
    if (i % 40 === 0) await ask(create, variables, { authorization });
    else if (i % 25 === 0) await ask("{ nonsense }", variables, { authorization });
    else if (i % 23 === 0) await ask(query, variables, { authorization: `Bearer invented-${n}-${i}` });
    else if (i % 19 === 0) await ask(query, variables, { authorization, "content-type": "text/plain" });
    else {
      const age = i % 3 ? "max-age=5, stale-if-error=60" : "no-cache";
      const again = Array.from({ length: i % 4 ? 1 : 3 }, () =>
        ask(query, variables, { authorization, "cache-control": age }),
      );
      await Promise.all(again);
    }
    await wait(300 * Math.random());
  }
}
await Promise.all(Array.from({ length: 15 }, (_, n) => caller(n)));

const [from, to] = [start / 1000, Date.now() / 1000];
writeFileSync(join(folder, "page.html"), await chartsOf("docs/grafana.json", { url, from, to, step: SCRAPE }));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--user-data-dir=${folder}/profile`];
const shot = ["--screenshot=docs/dashboard.png", "--window-size=1200,1475", `file://${folder}/page.html`];
execFileSync("chromium", [...flags, ...shot], { stdio: "ignore" });
await Promise.all([...gateways.map((gateway) => gateway.stop()), rest.close()]);
prometheus.kill("SIGKILL");
rmSync(folder, { recursive: true });
