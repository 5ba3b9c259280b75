import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests of what depends on who executes a query: they run once compiled and once in the plain executor of graphql-js. */
const perExecutor = [
  "graph/*",
  "graph/mutations/{faults.writes,revision,write-confirmation}",
  "plan/*",
  "execution/*",
  "loaders/short-lists",
  "cloudflare/envelope",
  "server/{document-limits,explain,host-abort,http,introspection,shared-operations,visible-errors}",
  "upstream/{admission,asking,credentials,deadline,rate-limit-storm,usage}",
];
/** Of them, those that execute nothing. */
const once = ["graph/{faults.memory,list-limits,schema}"];
/**
 * Tests that measure memory or time, or that change the process. The others share their process and what it has
 * loaded: loading it for each file was half of the work.
 */
const alone = [
  "linear",
  "readme",
  "cloudflare/{receive-buffer,transport*}",
  "execution/{rejections,turns}",
  "graph/faults.memory",
  "server/{document-cache,document-limits,fuzz,graphiql,graphiql.browser,hostile-documents,main,operation-request}",
  "upstream/{budget.redis.garbage,fair-queue,isolation,rate-limit-storm,timers}",
];
const files = (names: string[]) => names.map((name) => `test/${name}.test.ts`);

export default defineConfig({
  // Vite would take graphql's `module` build where Node takes `main`; two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    testTimeout: 20_000,
    // Some tests wait for real processes: others run meanwhile.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      {
        extends: true,
        test: {
          name: "compiled",
          isolate: false,
          include: files(["**/*"]),
          exclude: files(alone),
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
      { extends: true, test: { name: "alone", include: files(alone), env: { EXECUTOR: "compiled" } } },
      {
        extends: true,
        test: {
          name: "alone, plain",
          include: files(["execution/rejections", "server/document-limits", "upstream/rate-limit-storm"]),
          env: { EXECUTOR: "plain" },
        },
      },
    ],
  },
});
