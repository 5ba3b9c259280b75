import * as z from "zod";
import { checkOptions, object, orFalse, text, value } from "../options.ts";
import { type Assets, assetName, assets } from "./graphiql/assets.ts";
import { createFile, type ServedFile, send } from "./graphiql/file.ts";
import { assetHeaders, page, pageBeingBuilt, pageHeaders } from "./graphiql/page.ts";
import { type CredentialField, type Example, exampleGroups, type PageData } from "./graphiql/page-data.ts";

export type { CredentialField, Example, ExampleGroup } from "./graphiql/page-data.ts";

/** How GraphiQL opens. */
export interface GraphiQLOptions {
  /** Operations to list beside the editor: `await exampleOperations()`, or your own. @default none */
  examples?: Example[];
  /**
   * What the reader gives behind `Authorization: Bearer `; `false` where a proxy in front adds it.
   * @default an API token of Cloudflare's
   */
  credential?: CredentialField | false;
  /** The sandbox that is in the place of Cloudflare's API: the page says so, and a button resets it. @default none */
  sandbox?: ResettableSandbox;
}

/** What the page needs of a sandbox. */
export interface ResettableSandbox {
  /** Makes it what it was at its start. */
  reset(): void;
}

/** What the gateway tells of itself. */
export interface GatewayFacts extends Pick<PageData, "explain" | "maxAge"> {
  /** Path of the endpoint. */
  path: string;
  /** Base URL of the REST API. */
  baseUrl: string;
}

/** GraphiQL at one path. */
export interface ServedGraphiQL {
  /** Answers what a browser asks of GraphiQL; `undefined` for any other request, and for a file that is not there. */
  serve(request: Request, url: URL): Promise<Response | undefined> | undefined;
  /** Whether a path is that of a file of the page, as far as its name tells. */
  isAsset(path: string): boolean;
  /** Whether a path is the one that resets the sandbox. */
  isReset(path: string): boolean;
}

/** GraphiQL for the option `graphiql` of `createGateway`. */
export interface GraphiQL {
  /** Serves it beside one endpoint. The gateway calls this. */
  servedAt(facts: GatewayFacts): ServedGraphiQL;
}

const example = object<Example>(
  {
    group: value(`one of ${exampleGroups.join(", ")}`, (given) => exampleGroups.includes(given as never)),
    title: text,
    shows: text,
    costs: text,
    query: text,
    variables: z.record(z.string(), z.unknown(), "an object of variables"),
  },
  "group",
  "title",
  "shows",
  "costs",
  "query",
);
const allowed = object<GraphiQLOptions>({
  examples: z.array(example, "a list of examples"),
  credential: orFalse(object<CredentialField>({ name: text, value: text }, "name", "value")),
  sandbox: value(
    "a sandbox: `createSandbox()`",
    (given) => typeof (given as ResettableSandbox | null)?.reset === "function",
  ),
});

const apiToken: CredentialField = { name: "API token", value: "<API token>" };

/**
 * GraphiQL with all that it loads from this process: a page for browsers at the gateway's path, and its assets below it.
 * Its files are read when it is first opened. Throws `OptionsError`.
 */
export function graphiql(options: GraphiQLOptions = {}): GraphiQL {
  checkOptions("graphiql", allowed, options);
  return { servedAt: (facts) => serveGraphiQL(options, facts) };
}

function serveGraphiQL(
  { examples = [], credential = apiToken, sandbox }: GraphiQLOptions,
  { path, baseUrl, explain, maxAge }: GatewayFacts,
): ServedGraphiQL {
  const folder = path.endsWith("/") ? path : `${path}/`;
  // Relative to the page, so that it does not matter what a proxy puts before the path.
  const base = path.endsWith("/") ? "./" : `./${path.slice(path.lastIndexOf("/") + 1)}/`;
  const reset = `${folder}reset-sandbox`;
  const data = {
    examples,
    credential: credential || null,
    sandbox: sandbox !== undefined,
    api: new URL(baseUrl).host,
    explain,
    maxAge,
    reset: sandbox ? `${base}reset-sandbox` : null,
  };
  let opened: { of: Assets; file: ServedFile } | undefined;

  async function thePage(request: Request): Promise<Response> {
    const built = await assets();
    if (!built) {
      const headers = { ...pageHeaders, "cache-control": "no-store", "content-type": "text/html; charset=utf-8" };
      return new Response(request.method === "HEAD" ? null : pageBeingBuilt, { status: 503, headers });
    }
    if (opened?.of !== built)
      opened = { of: built, file: createFile(page(built, data, base), "text/html; charset=utf-8") };
    return send(request, opened.file, pageHeaders);
  }

  async function asset(request: Request, name: string): Promise<Response | undefined> {
    const file = (await assets())?.files.get(name);
    return file && send(request, file, assetHeaders);
  }

  function serve(request: Request, { pathname }: URL): Promise<Response | undefined> | undefined {
    if (isReset(pathname)) return resetSandbox(request);
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (isAsset(pathname)) return asset(request, pathname.slice(folder.length));
    if (pathname !== path || !request.headers.get("accept")?.includes("text/html")) return undefined;
    return thePage(request);
  }

  async function resetSandbox({ headers }: Request): Promise<Response> {
    // A page of another origin cannot send this type without asking first, and is refused then.
    if (headers.get("content-type") !== "application/json") return new Response(null, { status: 415 });
    sandbox?.reset();
    return new Response(null, { status: 204 });
  }

  const isReset = (pathname: string) => sandbox !== undefined && pathname === reset;
  const isAsset = (pathname: string) => pathname.startsWith(folder) && assetName.test(pathname.slice(folder.length));

  return { serve, isAsset, isReset };
}
