/** What a browser gets at the endpoint where GraphiQL is off. No script, nothing that is loaded, nothing of the request. */
export function landingPage(path: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Cloudflare IAM GraphQL</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
pre { background: #f4f4f4; padding: 1rem; overflow-x: auto }</style>
</head>
<body>
<h1>Cloudflare IAM GraphQL</h1>
<p>This is the endpoint of <code>cloudflare-iam-graphql</code>, a GraphQL gateway over Cloudflare's IAM REST API. Send it
operations by POST, with your Cloudflare API token, or with the JWT that a team's gateway asks for:</p>
<pre>POST ${escaped(path)}
Authorization: Bearer &lt;token&gt;
Content-Type: application/json

{"query":"{ accounts { nodes { cloudflareId name } } }"}</pre>
<p>GraphiQL is off. The setting <code>GRAPHIQL=true</code>, or the option <code>graphiql</code> of
<code>createGateway</code>, opens it here.</p>
</body>
</html>
`;
  return new Response(html, { headers });
}

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  // GraphiQL may be here tomorrow.
  "cache-control": "no-store",
};

/** Whether a browser opens the endpoint, and asks nothing. */
export function opensPage({ method, url, headers }: Request): boolean {
  return method === "GET" && !url.includes("?") && /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
