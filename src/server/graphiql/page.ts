import { hash } from "node:crypto";
import type { Assets } from "./assets.ts";
import type { Tab } from "./example-operations.ts";

/** How GraphiQL opens. */
export interface GraphiQLOptions {
  /** Documents to open as tabs, in this order. */
  tabs?: Tab[];
  /** Headers to fill in for every tab. Every visitor of the page can read them: use no real credential. */
  headers?: Record<string, string>;
}

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  // The editor writes <style> elements and style attributes as it runs: colours, positions, measured widths.
  "style-src": "'self' 'unsafe-inline'",
  "font-src": "data:",
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

/** The page; `base` is where the assets are, seen from it. */
export function page({ names }: Assets, { tabs = [], headers = {} }: GraphiQLOptions, base: string): string {
  const text = (value: object) => JSON.stringify(value, null, 2);
  const opened: Tab[] = tabs.length > 0 ? tabs : [{ query: "" }];
  const options = {
    // As HTML, and in one line.
    title: title.replace(" ", "&nbsp;"),
    logo: icon,
    defaultTabs: opened.map(({ query, variables }) => ({ query, ...(variables && { variables: text(variables) }) })),
    headers: text(headers),
    // On its own GraphiQL would send subscriptions by GET.
    method: "POST",
    // Headers are credentials here, and what the browser stores any script of this origin can read.
    shouldPersistHeaders: false,
  };
  const workers = {
    graphql: base + names.graphql,
    json: base + names.json,
    editorWorkerService: base + names.editor,
  };
  const version = hash("sha256", JSON.stringify(options));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<link rel="stylesheet" href="${base}${names.style}">
<script defer src="${base}${names.script}"></script>
</head>
<body class="no-focus-outline">
<noscript>GraphiQL runs in JavaScript.</noscript>
<div id="root"></div>
<script type="application/json" id="options">${JSON.stringify({ version, workers, options }).replaceAll("<", "\\u003c")}</script>
</body>
</html>
`;
}
