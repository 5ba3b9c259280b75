import { readFile } from "node:fs/promises";
import { compressedFile, type ServedFile } from "./file.ts";
import type { PageData } from "./page-data.ts";

/** What the build of the page writes beside its files; `build-graphiql.ts` makes it. */
export interface Manifest {
  /** Changes with the sources of the page. */
  stamp: string;
  script: string;
  style: string;
  workers: PageData["workers"];
  /** Content types by name. */
  files: Record<string, string>;
}

/** What the page loads, and what each is called: `page-1A2B3C4D.js`. */
export interface Assets extends Pick<Manifest, "script" | "style" | "workers"> {
  readonly files: ReadonlyMap<string, ServedFile>;
}

/** Name of an asset; other paths are not handled here. */
export const assetName = /^[\w.-]+-[0-9A-Z]{8}\.(js|css|ttf)$/;

/** Beside the compiled server, and beside its sources in `dist`, too. */
const folder = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/graphiql-page/" : "../../graphiql-page/",
  import.meta.url,
);

let loaded: { manifest: string; assets: Promise<Assets> } | undefined;

/**
 * The assets of the page as it was built last; `undefined` where it is not. They are read when GraphiQL is first opened, and once for
 * all gateways.
 */
export async function assets(): Promise<Assets | undefined> {
  const manifest = await readFile(new URL("manifest.json", folder), "utf8").catch(noFile);
  if (manifest === undefined) return undefined;
  // A developer's page is built again while the process runs.
  if (loaded?.manifest !== manifest) loaded = { manifest, assets: load(JSON.parse(manifest)) };
  return loaded.assets;
}

async function load({ files, ...manifest }: Manifest): Promise<Assets> {
  const read = async ([name, type]: [string, string]) =>
    [name, compressedFile(await readFile(new URL(`${name}.br`, folder)), type, name)] as const;
  return { ...manifest, files: new Map(await Promise.all(Object.entries(files).map(read))) };
}

function noFile(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
