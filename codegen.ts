import type { CodegenConfig } from "@graphql-codegen/cli";
import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./src/graph/schema.ts";

/** `npm run codegen`: the published SDL and Apollo's possible types from the schema, and typed documents from the example operations. */
const config: CodegenConfig = {
  // Printed, because the generator may load another copy of graphql than the schema was made with.
  schema: printSchema(lexicographicSortSchema(schema)),
  documents: "schema/operations/*.graphql",
  generates: {
    "schema/schema.graphql": { plugins: ["schema-ast"] },
    // As a JSON file it has the key `possibleTypes`, which is the option of Apollo's cache.
    "schema/possible-types.json": { plugins: ["fragment-matcher"] },
    "src/operations.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: "string", ID: "string", JSON: "unknown" },
        strictScalars: true,
      },
    },
  },
};

export default config;
