import { defineConfig } from "vitest/config";

/** Tests of what does not depend on who executes a query. */
const once = [
  "breaker",
  "browser",
  "budget*",
  "client*",
  "contract*",
  "document-cache",
  "document-size*",
  "faults.memory",
  "fresh-groups",
  "graphiql",
  "hostile-documents",
  "house",
  "linear",
  "list-limits",
  "loaders*",
  "main",
  "merge-rule*",
  "*mutation*",
  "readme",
  "retry",
  "sandbox*",
  "schema",
  "sdk*",
  "settings",
  "transport*",
  "turns",
  "turns.property",
  "user-group-read-back",
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
