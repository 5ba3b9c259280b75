import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "./node_modules/cloudflare-iam-graphql/schema/schema.graphql",
  documents: "client-preset.ts",
  generates: {
    "./generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" }, persistedDocuments: true },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: "string", ID: "string", JSON: "unknown" },
        strictScalars: true,
      },
    },
  },
  // Node resolves what is imported with its extension.
  importExtension: ".ts",
};

export default config;
