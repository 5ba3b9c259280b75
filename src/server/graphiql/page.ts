import type { Assets } from "./assets.ts";
import type { PageData } from "./page-data.ts";

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  // The editor writes <style> elements and style attributes as it runs: colours, positions, measured widths.
  "style-src": "'self' 'unsafe-inline'",
  "font-src": "'self' data:",
  "img-src": "data:",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** Headers of the page. Only scripts that we serve may run in it, and no page may put it into a frame. */
export const pageHeaders = {
  "cache-control": "no-cache",
  "content-security-policy": Object.entries(policy)
    .map((directive) => directive.join(" "))
    .join("; "),
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

/** Headers of what the page loads. A worker lives under the policy it came with: it may load nothing. */
export const assetHeaders = {
  "cache-control": "public, max-age=31536000, immutable",
  "content-security-policy": "default-src 'none'",
};

const title = "Cloudflare IAM";
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#d1620a" stroke-width="1.5">' +
  '<path d="M8 1.5 13.5 4v4c0 3-2.2 5.4-5.5 6.5C4.7 13.4 2.5 11 2.5 8V4Z"/><path d="M8 5v3M5.5 10.5 8 8l2.5 2.5"/></svg>';

const head = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`;

/** The page; `base` is where the assets are, seen from it. */
export function page({ script, style, workers }: Assets, data: Omit<PageData, "workers">, base: string): string {
  const at = (name: string) => base + name;
  const { editor, json, graphql } = workers;
  const all: PageData = { ...data, workers: { editor: at(editor), json: at(json), graphql: at(graphql) } };
  return `<!doctype html>
<html lang="en">
<head>
${head}
<link rel="stylesheet" href="${at(style)}">
<script type="module" src="${at(script)}"></script>
</head>
<body>
<noscript>GraphiQL runs in JavaScript.</noscript>
<div id="root"></div>
<script type="application/json" id="data">${JSON.stringify(all).replaceAll("<", "\\u003c")}</script>
</body>
</html>
`;
}

/** What is shown until the page is built. It has no script, and looks again every second. */
export const pageBeingBuilt = `<!doctype html>
<html lang="en">
<head>
${head}
<meta http-equiv="refresh" content="1">
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }</style>
</head>
<body>
<h1>GraphiQL is being built</h1>
<p>That takes some seconds, and then it opens here. The API answers meanwhile. Without <code>npm run dev</code>,
<code>npm run build:graphiql</code> builds it.</p>
</body>
</html>
`;
