import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ServiceModeOptions, serviceMode } from "../../../src/server/callers/service-mode.ts";
import type { HttpError } from "../../../src/server/http-error.ts";
import { audience, type Issuer, issuer, signingKey, startIssuer, tokenOf } from "./issuer.ts";

const [first, second, third] = await Promise.all(["key-1", "key-2", "key-3"].map((kid) => signingKey(kid)));
if (!first || !second || !third) throw new Error("no keys");

let here: Issuer;
let log: string[];
let status: (token: string | Promise<string>) => Promise<number>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
  here = await startIssuer(first);
  log = [];
  status = asking();
});
afterEach(async () => {
  vi.useRealTimers();
  await here[Symbol.asyncDispose]();
});

/** A gateway's answer to a token, as a status. */
function asking(options: Partial<ServiceModeOptions> = {}): typeof status {
  const jwt = { issuer, audience, jwksUrl: here.jwksUrl };
  const say = (line: string) => void log.push(line);
  const authenticate = serviceMode({ credential: { token: "t0ken" }, jwt, rules: [], log: say, ...options });
  return async (token) =>
    authenticate(new Headers({ authorization: `Bearer ${await token}` })).then(
      () => 200,
      (error: HttpError) => error.status,
    );
}

const minutes = (count: number) => vi.advanceTimersByTime(count * 60_000);
const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);

test("the JWKS is read when the first token comes, once for all that come meanwhile", async () => {
  expect(here.reads).toBe(0);
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => here.token({ sub: `user-${i}` })));
  expect(new Set(await Promise.all(tokens.map(status)))).toEqual(new Set([200]));
  expect(here.reads).toBe(1);
});

test("what is no token of ours does not cause a read", async () => {
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`;
  for (const token of ["x", "x.y.z", unsigned, "x".repeat(20_000)]) expect(await status(token)).toBe(401);
  expect(here.reads).toBe(0);
});

test("keys are used for ten minutes, then read again", async () => {
  expect(await status(here.token())).toBe(200);
  minutes(9);
  expect(await status(here.token())).toBe(200);
  expect(here.reads).toBe(1);
  minutes(2);
  expect(await status(here.token())).toBe(200);
  expect(here.reads).toBe(2);
});

describe("rotation", () => {
  test("a token of a new key is a reason to read the JWKS", async () => {
    expect(await status(here.token())).toBe(200);
    seconds(10);
    here.keys = [second, first];
    expect(await status(tokenOf(second))).toBe(200);
    expect(await status(tokenOf(first))).toBe(200);
    expect(here.reads).toBe(2);
  });

  test("a key that is gone is not accepted after ten minutes", async () => {
    expect(await status(tokenOf(first))).toBe(200);
    here.keys = [second];
    minutes(11);
    expect(await status(tokenOf(first))).toBe(401);
    expect(await status(tokenOf(second))).toBe(200);
  });

  test("two keys without a name in the token: it is refused rather than tried", async () => {
    here.keys = [first, second];
    expect(await status(tokenOf(first, {}, { kid: undefined }))).toBe(401);
    here.keys = [first];
    minutes(11);
    expect(await status(tokenOf(first, {}, { kid: undefined }))).toBe(200);
  });
});

test("invented names of keys cause one read in ten seconds at most, and a new key is found within them", async () => {
  expect(await status(here.token())).toBe(200);
  seconds(10);
  for (let i = 0; i < 100; i++) expect(await status(tokenOf(third, {}, { kid: `invented-${i}` }))).toBe(401);
  expect(here.reads).toBe(2);
  here.keys = [second];
  seconds(10);
  expect(await status(tokenOf(second))).toBe(200);
  expect(here.reads).toBe(3);
});

describe("a token that is known to be valid", () => {
  const day = 24 * 60 * 60;

  test("is not valid any more when it has expired", async () => {
    const token = await here.token();
    expect(await status(token)).toBe(200);
    seconds(85);
    expect(await status(token)).toBe(200);
    seconds(10);
    expect(await status(token)).toBe(401);
  });

  test("nor when its key is gone", async () => {
    const token = await tokenOf(first, { exp: Math.floor(Date.now() / 1000) + day });
    expect(await status(token)).toBe(200);
    here.keys = [second];
    minutes(9);
    expect(await status(token)).toBe(200);
    minutes(2);
    expect(await status(token)).toBe(401);
  });

  test("nor when another key has its name", async () => {
    const token = await tokenOf(first, { exp: Math.floor(Date.now() / 1000) + day });
    expect(await status(token)).toBe(200);
    here.keys = [{ ...second, jwk: { ...second.jwk, kid: first.kid } }];
    minutes(11);
    expect(await status(token)).toBe(401);
  });

  test("nor while its key cannot be known", async () => {
    const token = await tokenOf(first, { exp: Math.floor(Date.now() / 1000) + day });
    expect(await status(token)).toBe(200);
    here.answer = (_, response) => response.writeHead(503).end();
    minutes(59);
    expect(await status(token)).toBe(200);
    minutes(2);
    expect(await status(token)).toBe(503);
    here.answer = undefined;
    minutes(1);
    expect(await status(token)).toBe(200);
  });

  test("says nothing of one that differs in a letter", async () => {
    const token = await here.token();
    expect(await status(token)).toBe(200);
    for (const at of [1, token.indexOf(".") + 5, token.length - 5]) {
      const letter = token[at] === "A" ? "B" : "A";
      expect(await status(token.slice(0, at) + letter + token.slice(at + 1))).toBe(401);
    }
    expect(await status(`${token}.`)).toBe(401);
  });
});

describe("an outage", () => {
  beforeEach(async () => {
    expect(await status(here.token())).toBe(200);
    here.answer = (_, response) => response.writeHead(503).end();
  });

  test("known keys are used until they are an hour old, then it is 503, never a guess", async () => {
    minutes(59);
    expect(await status(here.token())).toBe(200);
    minutes(2);
    expect(await status(here.token())).toBe(503);
    expect(await status(tokenOf(second))).toBe(503);
  });

  test("nobody's token causes more than a read in ten seconds", async () => {
    minutes(61);
    for (let i = 0; i < 100; i++) expect(await status(here.token({ sub: `user-${i}` }))).toBe(503);
    for (let i = 0; i < 100; i++) expect(await status(tokenOf(third, {}, { kid: `invented-${i}` }))).toBe(503);
    expect(here.reads).toBe(2);
  });

  test("a token of an unknown key is 503: it may be in the JWKS that could not be read", async () => {
    minutes(1);
    expect(await status(tokenOf(second))).toBe(503);
    expect(await status(here.token())).toBe(200);
  });

  test("it is logged once, and once when it is over", async () => {
    for (let i = 0; i < 3; i++) {
      minutes(30);
      await status(here.token());
    }
    here.answer = undefined;
    minutes(1);
    expect(await status(here.token())).toBe(200);
    expect(log).toEqual([
      `The JWKS was answered with 503: ${here.jwksUrl}. The keys that are known are used until they are an hour old; then requests are refused with 503.`,
      `The JWKS at ${here.jwksUrl} can be read again.`,
    ]);
  });
});

describe("a JWKS that cannot be used is 503, and says why in the log", () => {
  test.each<[string, Issuer["answer"], string]>([
    [
      "a page",
      (_, response) => response.writeHead(200).end("<html>Sign in</html>"),
      "is not JSON with a list of `keys`",
    ],
    [
      "another JSON",
      (_, response) => response.writeHead(200).end('{"keys":"all"}'),
      "is not JSON with a list of `keys`",
    ],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/other" }).end(), "was answered with 302"],
    [
      "one of 10 MB",
      (_, response) => response.writeHead(200).end("x".repeat(10_000_000)),
      "answered with more than 262144 bytes",
    ],
    ["a broken connection", (request) => request.socket.destroy(), "broke the connection"],
  ])("%s", async (_, answer, problem) => {
    here.answer = answer;
    expect(await status(here.token())).toBe(503);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain(problem);
  });

  test("one that never answers, after five seconds", async () => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { promise: reading, resolve } = Promise.withResolvers<void>();
    const transport = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    const asked = asking({ transport })(tokenOf(first));
    await reading;
    vi.advanceTimersByTime(5_000);
    expect(await asked).toBe(503);
    expect(log[0]).toContain("The JWKS did not answer within 5000 ms");
  });

  test("a port where nobody listens", async () => {
    const jwt = { issuer, audience, jwksUrl: "http://127.0.0.1:1/jwks" };
    expect(await asking({ jwt })(here.token())).toBe(503);
  });

  test("a key that is too short is refused, and the others are used", async () => {
    const { jwk } = first;
    const short = { ...first, kid: "short", jwk: { ...jwk, kid: "short", n: "AQAB" } };
    here.keys = [first, short];
    expect(await status(tokenOf(first, {}, { kid: "short" }))).toBe(401);
    expect(await status(tokenOf(first))).toBe(200);
  });
});
