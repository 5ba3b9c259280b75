import { hash } from "node:crypto";
import type { CodegenConfig } from "@graphql-codegen/cli";
import { type DocumentNode, lexicographicSortSchema, print, printSchema } from "graphql";
import { clientSchema, introspection } from "./client-schema.ts";
import { semanticSdl } from "./semantic-non-null.ts";
import { schema } from "./src/graph/schema.ts";
import { subgraphSdl } from "./src/graph/subgraph-sdl.ts";

/** A plugin that writes a text of ours. */
const writes = (plugin: (files: { document?: DocumentNode }[]) => string) => ({
  plugin: (_schema: unknown, files: { document?: DocumentNode }[]) => plugin(files),
});

/** A manifest of trusted documents: the example operations as `print` writes them, by their SHA-256. */
const manifest = writes((files) => {
  const texts = files.flatMap(({ document }) => (document ? [print(document)] : []));
  const documents = Object.fromEntries(texts.map((text) => [`sha256:${hash("sha256", text)}`, text]));
  return `${JSON.stringify(documents, null, 2)}\n`;
});

const own: Record<string, ReturnType<typeof writes>> = {
  "trusted-documents": manifest,
  subgraph: writes(() => subgraphSdl(schema)),
  semantic: writes(() => semanticSdl(schema)),
  introspection: writes(() => introspection(schema)),
  "client-schema": writes(() => clientSchema(schema)),
};

/**
 * `npm run codegen`: the published SDLs and Apollo's possible types from the schema, and typed documents and the manifest of trusted
 * documents from the example operations.
 */
const config: CodegenConfig = {
  // Printed, because the generator may load another copy of graphql than the schema was made with.
  schema: printSchema(lexicographicSortSchema(schema)),
  documents: "schema/operations/*.graphql",
  pluginLoader: async (name) => own[name] ?? import(name),
  generates: {
    "schema/schema.graphql": { plugins: ["schema-ast"] },
    "schema/schema.subgraph.graphql": { plugins: ["subgraph"] },
    "schema/schema.semantic-non-null.graphql": { plugins: ["semantic"] },
    // As a JSON file it has the key `possibleTypes`, which is the option of Apollo's cache.
    "schema/possible-types.json": { plugins: ["fragment-matcher"] },
    "schema/introspection.json": { plugins: ["introspection"] },
    "src/client-schema.ts": { plugins: ["client-schema"] },
    "schema/trusted-documents.json": { plugins: ["trusted-documents"] },
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
