import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests of what does not depend on who executes a query. */
const once = [
  "*mutation*",
  "breaker",
  "browser",
  "budget*",
  "client*",
  "client-address",
  "contract*",
  "credential",
  "credential-guard",
  "document-cache",
  "document-size*",
  "express",
  "faults.memory",
  "fresh-groups",
  "fuzz",
  "graphiql",
  "hostile-documents",
  "house",
  "http-server",
  "isolation*",
  "linear",
  "list-limits",
  "loaders*",
  "main",
  "merge-rule*",
  "node-version",
  "operation-request",
  "options",
  "persisted-queries",
  "readme*",
  "request-*",
  "retry",
  "sandbox*",
  "schema",
  "sdk*",
  "settings",
  "timers",
  "transport*",
  "turns",
  "turns.property",
  "unknown-limit",
  "user-group-read-back",
  "write-lock",
];
/**
 * Tests that measure memory or time, or that change the process. The others share their process and what it has
 * loaded: loading it for each file was half of the work.
 */
const alone = [
  "browser",
  "budget.redis.garbage",
  "document-cache",
  "document-limits",
  "faults.memory",
  "fuzz",
  "graphiql",
  "hostile-documents",
  "isolation",
  "linear",
  "main",
  "operation-request",
  "readme",
  "receive-buffer",
  "rejections",
  "storm",
  "timers",
  "transport*",
  "turns",
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
          include: files(["*"]),
          exclude: files(alone),
          env: { EXECUTOR: "compiled" },
        },
      },
      {
        extends: true,
        test: {
          name: "plain",
          isolate: false,
          include: files(["*"]),
          exclude: files([...once, ...alone]),
          env: { EXECUTOR: "plain" },
        },
      },
      { extends: true, test: { name: "alone", include: files(alone), env: { EXECUTOR: "compiled" } } },
      {
        extends: true,
        test: { name: "alone, plain", include: files(alone), exclude: files(once), env: { EXECUTOR: "plain" } },
      },
    ],
  },
});
