import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests of what depends on who executes a query: they run once compiled and once in the plain executor of graphql-js. */
const perExecutor = [
  "graph/*",
  "graph/changes/{examples,preview}",
  "graph/mutations/{faults.writes,revision,write-confirmation}",
  "plan/*",
  "execution/*",
  "loaders/{busy-process,short-lists}",
  "cloudflare/envelope",
  "server/{document-limits,execute,explain,host-abort,http,introspection,shared-operations,visible-errors}",
  "upstream/{admission,quota-probe,credentials,deadline,freshness,freshness.property,rate-limit-storm,usage}",
];
/** Tests of what depends on the version of graphql: its execution, validation and coercion, and who replaces or uses them. */
const perGraphql = [
  "graphql-17",
  "execution/{execution,execution.property,rejections}",
  "graph/{access,errors,examples,federation,filters,list-limits,partial-answers,schema,zone}",
  "graph/changes/{apply,preview}",
  "graph/mutations/{confirmation,examples,inputs,member,revision,user-group-read-back}",
  "plan/{answer-size,plan,plan.fields,plan.mutations}",
  "server/{execute,explain,http,introspection,shared-operations,trusted-documents,merge-rule,merge-rule.property,request-limits,schema-disclosure,visible-errors}",
  "server/subscriptions/subscriptions",
];
/** Of those per executor, what executes nothing. */
const once = ["execution/json-buffer", "graph/{faults.memory,list-limits,scalars,schema}"];
/**
 * Tests that measure memory or time, or that change the process. The others share their process and what it has
 * loaded: loading it for each file was half of the work.
 */
const alone = [
  "access/large",
  "linear",
  "readme",
  "cloudflare/{receive-buffer,transport*}",
  "execution/{rejections,time-slice}",
  "graph/faults.memory",
  // A thousand callers take ten times as long in a process with the memory of all others.
  "upstream/freshness.crowd",
  "server/{dev,document-cache,document-limits,fuzz,graphiql,graphiql.browser,graphiql.production.browser,hostile-documents,main,operation-request}",
  "upstream/{budget.redis.garbage,fair-queue,freshness.memory,isolation,rate-limit-storm,timers}",
  // They count timers.
  "server/{serve-callers,serve-trusted-documents,watched-file}",
  "server/audit/stdout",
  "upstream/{budget,circuit-breaker,credential-guard,deadline,isolation.property}",
  "upstream/{polls.property,read-after-create,single-flight,unknown-limit,write-lock}",
];
const files = (names: string[]) => names.map((name) => `test/${name}.test.ts`);

export default defineConfig({
  // Vite would take graphql's `module` build where Node takes `main`; two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    globalSetup: "test/build-graphiql.ts",
    testTimeout: 40_000,
    expect: { poll: { timeout: 30_000 } },
    // More than there are cores, and the tests that measure time measure each other.
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: "compiled",
          isolate: false,
          include: files(["**/*"]),
          exclude: files([...alone, "graphql-17"]),
          env: { EXECUTOR: "compiled" },
        },
      },
      {
        extends: true,
        test: {
          name: "plain",
          isolate: false,
          include: files(perExecutor),
          exclude: files([...once, ...alone]),
          env: { EXECUTOR: "plain" },
        },
      },
      {
        extends: true,
        test: {
          name: "service mode",
          isolate: false,
          include: files(["graph/*", "graph/changes/*", "graph/mutations/*"]),
          exclude: files([
            ...once,
            ...alone,
            "graph/changes/*.property",
            "graph/cursor.property",
            "graph/order.property",
          ]),
          env: { EXECUTOR: "compiled", AUTHENTICATION: "service" },
        },
      },
      {
        test: {
          name: "graphql 17",
          testTimeout: 40_000,
          isolate: false,
          include: files(perGraphql),
          env: { EXECUTOR: "compiled" },
          // The sources are resolved by Vite, their libraries by Node.
          alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql-17")) }],
          execArgv: ["--import", "./test/graphql-17.ts"],
        },
      },
      { extends: true, test: { name: "alone", include: files(alone), env: { EXECUTOR: "compiled" } } },
      {
        extends: true,
        test: {
          name: "alone, plain",
          include: files(["execution/rejections", "server/document-limits", "upstream/{deadline,rate-limit-storm}"]),
          env: { EXECUTOR: "plain" },
        },
      },
    ],
  },
});
