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
  "credential-guard",
  "document-cache",
  "document-size*",
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
  "operation-request",
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
const files = (names: string[]) => names.map((name) => `test/${name}.test.ts`);

export default defineConfig({
  // Vite would take graphql's `module` build where Node takes `main`; two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    testTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "compiled", include: files(["*"]), env: { EXECUTOR: "compiled" } } },
      {
        extends: true,
        test: { name: "plain", include: files(["*"]), exclude: files(once), env: { EXECUTOR: "plain" } },
      },
    ],
  },
});
