import { hash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import type { BuiltPage } from "./src/server/graphiql/assets.ts";

/**
 * `npm run build:graphiql`: makes the page of GraphiQL of `src/graphiql-page`, in `dist/graphiql-page`. With `--if-changed` it does so
 * where sources or libraries have changed. `--out` names another folder.
 */
const { values } = parseArgs({
  options: {
    "if-changed": { type: "boolean", default: false },
    out: { type: "string", default: "dist/graphiql-page" },
  },
});
const root = import.meta.dirname;
const out = resolve(root, values.out);
const sources = globSync(
  "{build-graphiql.ts,package.json,package-lock.json,src/graphiql-page/**/*.*,src/server/{credential,graphiql/page-data}.ts}",
  {
    cwd: root,
  },
).toSorted();
const stamp = hash("sha256", sources.map((file) => `${file} ${hash("sha256", readFileSync(join(root, file)))}`).join());
const types: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
};

/** Level 11 saves another tenth, and takes twenty times as long. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 } };

const common = {
  bundle: true,
  minify: true,
  write: false,
  absWorkingDir: root,
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  target: "es2022",
  jsx: "automatic",
  loader: { ".ttf": "file" },
  // The old names are those of scripts, whose exports the parts of the page do not find.
  alias: { "prettier/parser-babel": "prettier/plugins/babel", "prettier/parser-graphql": "prettier/plugins/graphql" },
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "error",
} as const satisfies BuildOptions;

async function buildPage(): Promise<void> {
  const [page, workers] = await Promise.all([
    build({ ...common, format: "esm", splitting: true, entryPoints: { page: "src/graphiql-page/page.tsx" } }),
    build({
      ...common,
      // A classic script: browsers load modules in workers since 2023 only.
      format: "iife",
      entryPoints: {
        editor: "monaco-editor/esm/vs/editor/editor.worker.js",
        json: "monaco-editor/esm/vs/language/json/json.worker.js",
        graphql: "monaco-graphql/esm/graphql.worker.js",
      },
    }),
  ]);
  const files = [...page.outputFiles, ...workers.outputFiles].map(({ path, contents }) => ({
    name: basename(path),
    contents,
  }));
  const named = (pattern: RegExp) => files.find(({ name }) => pattern.test(name))?.name ?? "";
  const style = named(/^page-.*\.css$/);
  // Parts that are loaded later import styles which the page has.
  const kept = files.filter(({ name }) => !name.endsWith(".css") || name === style);
  const built: BuiltPage = {
    stamp,
    script: named(/^page-.*\.js$/),
    style,
    workers: { editor: named(/^editor-.*\.js$/), json: named(/^json-.*\.js$/), graphql: named(/^graphql-.*\.js$/) },
    files: Object.fromEntries(kept.map(({ name, contents }) => [name, fileOf(name, contents)])),
  };
  const text = JSON.stringify(built);
  // Aside first: a build that was interrupted must not look like one.
  const aside = `${out}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  writeFileSync(join(aside, "built.json"), text);
  writeFileSync(join(aside, "built.js"), `export default ${text};\n`);
  rmSync(out, { recursive: true, force: true });
  renameSync(aside, out);
}

function fileOf(name: string, contents: Uint8Array): BuiltPage["files"][string] {
  return { type: types[extname(name)] ?? "", content: brotliCompressSync(contents, quality).toString("base64") };
}

function builtStamp(): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(out, "built.json"), "utf8")) as BuiltPage).stamp;
  } catch {
    return undefined;
  }
}

if (!values["if-changed"] || builtStamp() !== stamp) {
  // Until the new one is there, the gateway says that it is being built.
  rmSync(out, { recursive: true, force: true });
  const began = performance.now();
  await buildPage();
  console.log(`GraphiQL  built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
