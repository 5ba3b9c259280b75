import fc, { type Arbitrary } from "fast-check";
import type { Asked } from "./documents.ts";

/** A request as it is sent, byte by byte. */
export interface HostileRequest {
  bytes: string;
  /** It says that more follows than does: the server may wait for the rest, or hang up. */
  incomplete: boolean;
}

/** Nested so deeply that nobody can walk it by recursion. */
const deep = fc.constantFrom(10, 100, 3_000, 20_000).map((times) => `${"[".repeat(times)}${"]".repeat(times)}`);
const deepObject = fc.constantFrom(10, 3_000).map((times) => `${'{"a":'.repeat(times)}1${"}".repeat(times)}`);

/** Text of variables: mostly those of the document. */
function variablesFor({ variables }: Asked): Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(JSON.stringify(variables) ?? "null") },
    { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
    {
      weight: 1,
      arbitrary: fc.oneof(deep, deepObject, fc.constantFrom("{", '{"a":1e999}', "[]", '"x"', '{"__proto__":{"c":1}}')),
    },
    { weight: 1, arbitrary: fc.nat(3000).map((n) => JSON.stringify({ a: Array.from({ length: n }, () => "x") })) },
  );
}

const extensions = fc.oneof(
  fc.constantFrom(
    "",
    ',"extensions":{"persistedQuery":{"version":1,"sha256Hash":"abc"}}',
    ',"extensions":7',
    ',"operationName":"Nobody"',
  ),
  deep.map((text) => `,"extensions":{"a":${text}}`),
);

/** The body of a POST. */
function bodies(asked: Asked): Arbitrary<string> {
  const whole = fc
    .tuple(variablesFor(asked), extensions)
    .map(([variables, more]) => `{"query":${JSON.stringify(asked.query)},"variables":${variables}${more}}`);
  return fc.oneof(
    { weight: 30, arbitrary: whole },
    { weight: 1, arbitrary: whole.map((text) => `[${text},${text}]`) },
    { weight: 1, arbitrary: fc.tuple(whole, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        "null",
        "{}",
        "[]",
        "7",
        '"x"',
        '{"query":7}',
        '{"query":null}',
        "\ufeff{}",
        "\xff\xfe",
        '{"query":"{a}","variables":[1]}',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
  );
}

const targets = fc.oneof(
  { weight: 40, arbitrary: fc.constant("/graphql") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        "//graphql",
        "/graphql/",
        "/admin?x=/graphql",
        "http://evil/graphql",
        "/x/health",
        "/health",
        "/",
        "*",
        "/%00",
        "/graphql%2f",
      ],
      ...[
        "/../graphql",
        "/graphql?",
        "/graphql?query={__typename}",
        "/graphql?query={__typename}&variables={",
        "/graphql#x",
      ],
      ...[
        "/graphql?query=mutation{x}",
        "/graphql?query=%E0%A4%A",
        "/graphql?query={a&query={b",
        "///",
        "http://[/graphql",
      ],
    ),
  },
  { weight: 1, arbitrary: fc.webPath().map((path) => `/${path.replaceAll(/[^\x21-\x7e]/g, "")}`) },
  { weight: 1, arbitrary: fc.nat(20_000).map((n) => `/graphql?query=${"a".repeat(n)}`) },
);

const hosts = fc.oneof(
  { weight: 40, arbitrary: fc.constant("Host: gateway\r\n") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "",
      "Host: [\r\n",
      "Host: evil/graphql?query={a}&\r\n",
      "Host: \r\n",
      "Host: a\r\nHost: b\r\n",
      "Host: a:99999999\r\n",
      "Host: @\r\n",
    ),
  },
);

const types = fc.oneof(
  { weight: 40, arbitrary: fc.constant("application/json") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "Application/JSON; Charset=UTF-8",
      "application/graphql",
      "text/plain",
      "",
      "multipart/form-data; boundary=x",
      "application/x-www-form-urlencoded",
      "application/json; charset=utf-99",
      ";;;",
    ),
  },
);

const headerValue = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const more = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[
        "X-Request-Id: ../../etc\r\n",
        "X-Forwarded-For: 1.2.3.4, [::1, x\r\n",
        "x-upstream-explain: plan\r\n",
        "x-upstream-explain: analyze\r\n",
      ],
      ...[
        "x-upstream-explain: \r\n",
        "Accept: text/html\r\n",
        "Accept: application/graphql-response+json\r\n",
        "Accept: */*;q=x\r\n",
      ],
      ...[
        "Expect: 100-continue\r\n",
        "Expect: more\r\n",
        "Content-Encoding: gzip\r\n",
        "Upgrade: websocket\r\n",
        "Cookie: a=b\r\n",
      ],
      ...[
        "If-None-Match: *\r\n",
        "Range: bytes=0-1\r\n",
        "Cache-Control: max-age=x\r\n",
        "Origin: null\r\n",
        "Transfer-Encoding: gzip\r\n",
      ],
    ),
    fc
      .tuple(
        fc.constantFrom("X-Request-Id", "Accept", "Accept-Encoding", "X-Auth-Key", "Authorization", "X-A"),
        headerValue,
      )
      .map(([name, value]) => `${name}: ${value}\r\n`),
    fc.nat(20_000).map((n) => `X-Long: ${"x".repeat(n)}\r\n`),
  ),
  { maxLength: 3 },
);

const credentials = fc.oneof(
  { weight: 10, arbitrary: fc.nat(40).map((n) => `Authorization: Bearer fuzz-${n}\r\n`) },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.constantFrom(
        "",
        "Authorization: Basic eDp5\r\n",
        "Authorization: Bearer\r\n",
        "X-Auth-Email: a@b\r\nX-Auth-Key: c\r\n",
        "Authorization: Bearer \xe9\r\n",
      ),
      fc.nat(500).map((n) => `Authorization: Bearer unknown-${n}\r\n`),
    ),
  },
);

/** Requests of every kind around a document. */
export function hostileRequests(documents: Arbitrary<Asked>): Arbitrary<HostileRequest> {
  const parts = fc.record({
    method: fc.oneof(
      { weight: 30, arbitrary: fc.constant("POST") },
      { weight: 3, arbitrary: fc.constant("GET") },
      { weight: 1, arbitrary: fc.constantFrom("PUT", "OPTIONS", "HEAD", "DELETE", "TRACE", "PATCH", "FOO") },
    ),
    target: targets,
    host: hosts,
    type: types,
    credential: credentials,
    further: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 2, arbitrary: more }),
    length: fc.oneof(
      { weight: 40, arbitrary: fc.constant("right") },
      { weight: 1, arbitrary: fc.constantFrom("short", "long", "none", "chunked", "nonsense") },
    ),
  });
  return documents
    .chain((asked) => fc.tuple(parts, bodies(asked), variablesFor(asked)))
    .map(([all, body, variables]) => {
      const { method, host, type, credential, further, length } = all;
      const get = method === "GET" && all.target === "/graphql";
      const query = get
        ? `?query=${encodeURIComponent(body.slice(0, 4000).toWellFormed())}&variables=${encodeURIComponent(variables.slice(0, 4000).toWellFormed())}`
        : "";
      // Byte by byte, as it goes on the wire.
      const sent = method === "GET" || method === "HEAD" ? "" : Buffer.from(body).toString("latin1");
      const size = sent.length;
      const lengths: Record<typeof length, string> = {
        right: `Content-Length: ${size}\r\n`,
        short: `Content-Length: ${Math.max(0, size - 3)}\r\n`,
        long: `Content-Length: ${size + 10}\r\n`,
        none: "",
        chunked: "Transfer-Encoding: chunked\r\n",
        nonsense: "Content-Length: -5x\r\n",
      };
      const contentType = sent ? `Content-Type: ${type}\r\n` : "";
      const framed = length === "chunked" && size ? `${size.toString(16)}\r\n${sent}\r\n0\r\n\r\n` : sent;
      return {
        bytes: `${method} ${all.target}${query} HTTP/1.1\r\n${host}Connection: close\r\n${contentType}${credential}${further.join("")}${lengths[length]}\r\n${framed}`,
        incomplete: length !== "right" || further.some((header) => /^(Expect|Transfer|Upgrade)/i.test(header)),
      };
    });
}
