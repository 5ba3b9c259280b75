import { assetName, assets } from "./graphiql/assets.ts";
import { createFile, type ServedFile, send } from "./graphiql/file.ts";
import { assetHeaders, type GraphiQL, page, pageHeaders } from "./graphiql/page.ts";

export type { GraphiQL } from "./graphiql/page.ts";
export type { Tab } from "./graphiql/stories.ts";

/** Answers what a browser asks of GraphiQL; `undefined` for any other request. */
export type ServeGraphiQL = (request: Request, url: URL) => Promise<Response | undefined> | undefined;

/**
 * Serves GraphiQL with all that it loads from this process, below `path`: a page for browsers at the endpoint itself,
 * and its assets beside it. Nothing is read before somebody opens it.
 */
export function createGraphiQL(options: GraphiQL, path: string): ServeGraphiQL {
  const folder = path.endsWith("/") ? path : `${path}/`;
  const pages = new Map<string, Promise<ServedFile>>();

  /** Relative to the page, so that it does not matter what a proxy puts before the path. */
  async function pageAt(base: string): Promise<ServedFile> {
    return createFile(page(await assets(), options, base), "text/html; charset=utf-8");
  }

  async function asset(request: Request, name: string): Promise<Response | undefined> {
    const file = (await assets()).files.get(name);
    return file && send(request, file, assetHeaders);
  }

  return (request, { pathname }) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (pathname === path || pathname === folder) {
      if (!request.headers.get("accept")?.includes("text/html")) return undefined;
      const base = pathname === folder ? "./" : `./${path.slice(path.lastIndexOf("/") + 1)}/`;
      const file = pages.get(base) ?? pageAt(base);
      pages.set(base, file);
      return file.then((opened) => send(request, opened, pageHeaders));
    }
    const name = pathname.startsWith(folder) ? pathname.slice(folder.length) : "";
    return assetName.test(name) ? asset(request, name) : undefined;
  };
}
