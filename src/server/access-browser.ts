import { createReadStream, existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { pathOf } from "./routes.ts";

/** The example application `examples/access-browser`, as the sandbox's server has it at `/`. */
export interface AccessBrowser {
  /** Answers a request for the page or a file of it; false for any other, and while the application is not built. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /** What the terminal says of it: where it is, or how it is built. */
  line(url: string): string;
}

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files that its build makes: no other path is looked for on the disk. */
const ownFile = /^\/(?:assets\/[\w-]+\.(?:css|js)|icon\.svg)$/;

/** Only its own scripts and styles run in it, it asks nobody but this server, and no page may put it into a frame. */
const headers = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The application in that folder, built now or later; `undefined` where there is none, as in the published package. */
export function accessBrowser(
  folder: URL = new URL("../../examples/access-browser/", import.meta.url),
): AccessBrowser | undefined {
  if (!existsSync(folder)) return undefined;
  const built = new URL("dist/", folder);
  const isBuilt = () => existsSync(new URL("index.html", built));
  return {
    answer({ method, url = "" }, response) {
      const path = pathOf(url);
      if ((method !== "GET" && method !== "HEAD") || (path !== "/" && !ownFile.test(path))) return false;
      const file = fileURLToPath(new URL(path === "/" ? "index.html" : path.slice(1), built));
      if (!existsSync(file)) return false;
      response.writeHead(200, { ...headers, "content-type": types[extname(file)] });
      if (method === "HEAD") response.end();
      // A build that replaces the file in this moment ends the answer: the browser reloads.
      else pipeline(createReadStream(file), response, () => {});
      return true;
    },
    line: (url) =>
      isBuilt()
        ? `Access   ${url}/  (who may do what)`
        : "Access   not built: npm run examples -- --build access-browser",
  };
}
