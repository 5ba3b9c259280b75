import { readFile, stat } from "node:fs/promises";
import { compressedFile, type ServedFile } from "./file.ts";
import type { PageData } from "./page-data.ts";

/** The page as `build-graphiql.ts` writes it, as JSON and as a module. */
export interface BuiltPage {
  /** Changes with the sources of the page. */
  stamp: string;
  script: string;
  style: string;
  workers: PageData["workers"];
  /** By name: the content type, and the content in brotli's encoding as base64. */
  files: Record<string, { type: string; content: string }>;
}

/** What the page loads, and what each is called: `page-1A2B3C4D.js`. */
export interface Assets extends Pick<BuiltPage, "script" | "style" | "workers"> {
  readonly files: ReadonlyMap<string, ServedFile>;
}

/** Name of an asset; other paths are not handled here. */
export const assetName = /^[\w.-]+-[0-9A-Z]{8}\.(js|css|ttf)$/;

let loaded: { version: string; assets: Promise<Assets> } | undefined;

/**
 * The assets of the page as it was built last; `undefined` where it is not. They are read when GraphiQL is first opened, and once for
 * all gateways.
 */
export async function assets(): Promise<Assets | undefined> {
  if (!import.meta.url.endsWith("/assets.ts")) return load("packed", packed);
  // A developer's page is built again while the process runs.
  const file = new URL("../../../dist/graphiql-page/built.json", import.meta.url);
  const found = await stat(file).catch(noFile);
  return found && load(`${found.mtimeMs} ${found.size}`, async () => JSON.parse(await readFile(file, "utf8")));
}

function load(version: string, read: () => Promise<BuiltPage>): Promise<Assets> {
  if (loaded?.version !== version) loaded = { version, assets: read().then(decoded) };
  return loaded.assets;
}

/** As a module a bundler takes it along. */
async function packed(): Promise<BuiltPage> {
  return (await import("../../graphiql-page/built.js")).default;
}

function decoded({ files, script, style, workers }: BuiltPage): Assets {
  const served = Object.entries(files).map(
    ([name, { type, content }]) => [name, compressedFile(Buffer.from(content, "base64"), type, name)] as const,
  );
  return { script, style, workers, files: new Map(served) };
}

function noFile(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
