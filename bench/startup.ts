import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How long the built package takes to be imported and to listen, each time in a new process: `npm run build` comes before. */
const RUNS = 7;

const countModules = `
import { registerHooks } from "node:module";
globalThis.modules = 0;
registerHooks({ load: (url, context, next) => (globalThis.modules++, next(url, context)) });
`;

const embedded = `
const before = performance.now();
const { createGateway } = await import("cloudflare-iam-graphql");
createGateway({ transport: async () => ({ status: 200, headers: {}, text: "{}" }) });
console.log(JSON.stringify([performance.now() - before, globalThis.modules]));
process.exit();
`;

/** A server of Yoga's with a field: what a service of this stack cannot do without. */
const bareYoga = `
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
const schema = createSchema({ typeDefs: "type Query { hello: String }", resolvers: { Query: { hello: () => "hi" } } });
createServer(createYoga({ schema })).listen(0, "127.0.0.1", () => process.exit());
`;

/** The gateway's process, ended as soon as it listens. */
const process = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));
const endOnListening = `
import { Server } from "node:net";
const { listen } = Server.prototype;
Server.prototype.listen = function (...where) {
  this.once("listening", () => process.exit());
  return listen.apply(this, where);
};
`;

const module = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const root = fileURLToPath(new URL("..", import.meta.url));

function run(args: string[]): { stdout: string; milliseconds: number } {
  const before = performance.now();
  const { status, stdout, stderr } = spawnSync(globalThis.process.execPath, args, {
    cwd: root,
    env: { PORT: "0" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return { stdout, milliseconds: performance.now() - before };
}

function median(measure: () => number): number {
  measure();
  const measured = Array.from({ length: RUNS }, measure).sort((a, b) => a - b);
  return measured[(RUNS - 1) / 2] ?? Number.NaN;
}

const evaluate = (code: string) => ["--input-type=module", "--eval", code];
const importTime = median(() => JSON.parse(run(evaluate(embedded)).stdout)[0]);
const modules = JSON.parse(run(["--import", module(countModules), ...evaluate(embedded)]).stdout)[1];
const yoga = median(() => run(evaluate(bareYoga)).milliseconds);
const gateway = median(() => run(["--import", module(endOnListening), process]).milliseconds);

console.log(`import and createGateway  ${importTime.toFixed(0)} ms, ${modules} modules`);
console.log(`bare Yoga listens after   ${yoga.toFixed(0)} ms`);
console.log(`the gateway listens after ${gateway.toFixed(0)} ms, ${(gateway / yoga).toFixed(2)} times that`);
