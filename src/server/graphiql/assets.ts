import { createFile, type ServedFile } from "./file.ts";
import { start, style } from "./start.ts";

/** What the page loads, and what each is called: `script-1a2b….js`. */
export interface Assets {
  readonly files: ReadonlyMap<string, ServedFile>;
  readonly names: Record<"script" | "style" | "graphql" | "json" | "editor", string>;
}

/** Name of an asset; other paths are not handled here. */
export const assetName = /^[a-z]+-[0-9a-f]{16}\.(js|css)$/;

let loaded: Promise<Assets> | undefined;

/** The assets. They have nine megabytes, so they are read when GraphiQL is first opened, once for all gateways. */
export function assets(): Promise<Assets> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Assets> {
  // The parts of which the package's `renderGraphiQL` makes one page that is sent whole on every visit. As files of our
  // own they are sent once, and need no inline script. (The `graphiql` package has the same editor for a bundler only.)
  const library = await import("@graphql-yoga/render-graphiql/graphiql");
  const files = new Map<string, ServedFile>();
  function add(name: string, text: string, extension: "js" | "css"): string {
    const file = createFile(text, `text/${extension === "js" ? "javascript" : "css"}; charset=utf-8`);
    const hashed = `${name}-${file.hash}.${extension}`;
    files.set(hashed, file);
    return hashed;
  }
  const names = {
    script: add("script", `${library.js};\n${start}`, "js"),
    style: add("style", `${library.css}\n${style}`, "css"),
    graphql: add("graphql", library.graphqlWorker, "js"),
    json: add("json", library.jsonWorker, "js"),
    editor: add("editor", library.editorWorkerService, "js"),
  };
  return { files, names };
}
