/**
 * Plays the URL of a Lambda function: gives each request to `dist/handler.mjs` as an event of version 2.0, and its result to the
 * client. What is not Lambda's: one process answers several requests at once, and nothing is frozen between them.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";

/** An event, as far as an adapter reads it. */
interface Event {
  version: "2.0";
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: object;
  body?: string;
  isBase64Encoded: boolean;
}
interface Result {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}
type Handler = (event: Event, context: { getRemainingTimeInMillis: () => number }) => Promise<Result>;

/** Milliseconds that an invocation may take: the function's setting. */
const TIMEOUT = 6_000;
/** Bytes of a result, its JSON included: Lambda's limit, which is no setting. */
const LARGEST = 6_291_556;

const { handler }: { handler: Handler } = await import("./dist/handler.mjs" as string);

function invoke(method: string, url: string, headers: Event["headers"], body?: Buffer): Promise<Result> {
  const [rawPath = "", rawQueryString = ""] = url.split("?");
  const http = { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "" };
  const requestContext = { http, domainName: "function.lambda-url.eu-central-1.on.aws" };
  const ends = Date.now() + TIMEOUT;
  return handler(
    {
      version: "2.0",
      rawPath,
      rawQueryString,
      headers,
      requestContext,
      ...(body && { body: body.toString("base64") }),
      isBase64Encoded: body !== undefined,
    },
    { getRemainingTimeInMillis: () => ends - Date.now() },
  );
}

const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const result = await invoke(request.method ?? "", request.url ?? "", headers, body);
  if (JSON.stringify(result).length > LARGEST) return void response.writeHead(413).end("too large for Lambda");
  response.writeHead(result.statusCode, result.headers);
  response.end(Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8"));
});

// A function that is used is warm: the first operation takes a second, and the others milliseconds.
const warm = await invoke("GET", "/graphql?query={__typename}", {});
assert.equal(warm.statusCode, 200);
server.listen(Number(process.env.PORT));
