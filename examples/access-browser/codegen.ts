import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of every document in the sources, from the schema that the package has. */
const config: CodegenConfig = {
  schema: "node_modules/cloudflare-iam-graphql/schema/schema.graphql",
  documents: "src/**/*.{ts,tsx}",
  ignoreNoDocuments: true,
  generates: {
    "src/__generated__/": {
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
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
