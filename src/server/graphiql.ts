import * as z from "zod";
import { checkOptions, object, text } from "../options.ts";
import { assetName, assets } from "./graphiql/assets.ts";
import type { Tab } from "./graphiql/example-operations.ts";
import { createFile, type ServedFile, send } from "./graphiql/file.ts";
import { assetHeaders, type GraphiQLOptions, page, pageHeaders } from "./graphiql/page.ts";

export type { Tab } from "./graphiql/example-operations.ts";
export type { GraphiQLOptions } from "./graphiql/page.ts";

/** GraphiQL at one path. */
export interface ServedGraphiQL {
  /** Answers what a browser asks of GraphiQL; `undefined` for any other request, and for a file that is not there. */
  serve(request: Request, url: URL): Promise<Response | undefined> | undefined;
  /** Whether a path is that of a file of the page, as far as its name tells. */
  isAsset(path: string): boolean;
}

/** GraphiQL for the option `graphiql` of `createGateway`. */
export interface GraphiQL {
  /** Serves it at one path. The gateway calls this. */
  servedAt(path: string): ServedGraphiQL;
}

const tab = object<Tab>(
  { query: text, variables: z.record(z.string(), z.unknown(), "an object of variables") },
  "query",
);
const allowed = object<GraphiQLOptions>({
  tabs: z.array(tab, "a list of tabs"),
  headers: z.record(z.string(), text, "an object of headers"),
});

/**
 * GraphiQL with all that it loads from this process: a page for browsers at the gateway's path, and its assets below it.
 * Its files are read when it is first opened. Throws `OptionsError`.
 */
export function graphiql(options: GraphiQLOptions = {}): GraphiQL {
  checkOptions("graphiql", allowed, options);
  return { servedAt: (path) => serveGraphiQL(options, path) };
}

function serveGraphiQL(options: GraphiQLOptions, path: string): ServedGraphiQL {
  const folder = path.endsWith("/") ? path : `${path}/`;
  const base = path.endsWith("/") ? "./" : `./${path.slice(path.lastIndexOf("/") + 1)}/`;
  let opened: Promise<ServedFile> | undefined;

  /** Relative to the page, so that it does not matter what a proxy puts before the path. */
  async function createPage(): Promise<ServedFile> {
    return createFile(page(await assets(), options, base), "text/html; charset=utf-8");
  }

  async function asset(request: Request, name: string): Promise<Response | undefined> {
    const file = (await assets()).files.get(name);
    return file && send(request, file, assetHeaders);
  }

  function serve(request: Request, { pathname }: URL): Promise<Response | undefined> | undefined {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (isAsset(pathname)) return asset(request, pathname.slice(folder.length));
    if (pathname !== path || !request.headers.get("accept")?.includes("text/html")) return undefined;
    opened ??= createPage();
    return opened.then((file) => send(request, file, pageHeaders));
  }

  function isAsset(pathname: string): boolean {
    return pathname.startsWith(folder) && assetName.test(pathname.slice(folder.length));
  }

  return { serve, isAsset };
}
