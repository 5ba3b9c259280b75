import { describe } from "vitest";
import { expect, setup, test } from "../gateway.ts";

const needed = "send `Authorization: Bearer <API token>`, or `X-Auth-Email` with `X-Auth-Key`.";
const placeholder = "The token after `Authorization: Bearer` is a placeholder";
const key = "144c9defac04969c7bfad8efaa8ea194b5d96";

describe("a request without a credential is told what was sent, never the secret, and what is needed", () => {
  test.for<[Record<string, string>, string]>([
    [{}, "No credential"],
    [{ authorization: "" }, "No credential"],
    [{ authorization: "Basic YTpzM2NyZXQ=" }, "`Authorization` was sent with the scheme `Basic`"],
    [{ authorization: "basic YTpzM2NyZXQ=" }, "`Authorization` was sent with the scheme `Basic`"],
    [{ authorization: "Token s3cret" }, "`Authorization` was sent with the scheme `Token`"],
    [{ authorization: "s3cret" }, "`Authorization` was sent with no scheme `Bearer`"],
    [{ authorization: "s3cret s3cret" }, "`Authorization` was sent with no scheme `Bearer`"],
    [{ authorization: "Bearer" }, "`Authorization: Bearer` was sent with no token after it"],
    [{ authorization: "Bearer  " }, "`Authorization: Bearer` was sent with no token after it"],
    [{ authorization: "Bearer <token>" }, placeholder],
    [{ authorization: "Bearer <API token>" }, placeholder],
    [{ authorization: "Bearer YOUR_TOKEN" }, placeholder],
    [{ authorization: "Bearer your-api-token-here" }, placeholder],
    [{ authorization: "Bearer YOUR_CLOUDFLARE_API_TOKEN" }, placeholder],
    [{ authorization: "Bearer $CLOUDFLARE_API_TOKEN" }, placeholder],
    [{ authorization: "Bearer CLOUDFLARE_API_TOKEN" }, placeholder],
    [{ authorization: `Bearer \${TOKEN}` }, placeholder],
    [{ authorization: "Bearer {{token}}" }, placeholder],
    [{ authorization: "Bearer %TOKEN%" }, placeholder],
    [{ authorization: "Bearer [token]" }, placeholder],
    [{ authorization: "Bearer xxxxxxxx" }, placeholder],
    [{ authorization: "Bearer ..." }, placeholder],
    ...["undefined", "null", "None", "NaN"].map((word): [Record<string, string>, string] => [
      { authorization: `Bearer ${word}` },
      `The token after \`Authorization: Bearer\` is the word \`${word}\`, as of a variable that is not set`,
    ]),
    [
      { authorization: "Bearer [object Object]" },
      "The token after `Authorization: Bearer` is the word `[object Object]`, as of a variable that is not set",
    ],
    [
      { authorization: "Bearer Bearer s3cret" },
      "The token after `Authorization: Bearer` has characters that none has, such as a space",
    ],
    [{ "x-auth-key": key }, "`X-Auth-Key` was sent without `X-Auth-Email`"],
    [{ "x-auth-email": "ada@example.com" }, "`X-Auth-Email` was sent without `X-Auth-Key`"],
    [{ "x-auth-email": "ada@example.com", "x-auth-key": "YOUR_API_KEY" }, "`X-Auth-Key` is a placeholder"],
    [
      { "x-auth-email": "undefined", "x-auth-key": key },
      "`X-Auth-Email` is the word `undefined`, as of a variable that is not set",
    ],
    [{ authorization: "Basic s3cret", "x-auth-key": key }, "`Authorization` was sent with the scheme `Basic`"],
  ])("%j", async ([headers, told], { expect }) => {
    const { run } = setup();
    const { errors, calls } = await run("{ accounts { totalCount } }", {}, headers);
    expect(errors).toMatchObject([{ message: `${told}: ${needed}`, extensions: { code: "UNAUTHENTICATED" } }]);
    expect(JSON.stringify(errors)).not.toMatch(/s3cret|YTpz|144c9|ada@/);
    expect(calls).toEqual([]);
  });
});

test("two requests without a credential at the same moment are each told of their own", async ({ run }) => {
  const asked = [{}, { authorization: "Basic x" }, { authorization: "Bearer null" }];
  const answers = await Promise.all(asked.map((headers) => run("{ accounts { totalCount } }", {}, headers)));
  expect(new Set(answers.map(({ errors }) => errors?.[0]?.message)).size).toBe(3);
});

test("what is no token of Cloudflare's, and no placeholder either, is Cloudflare's to refuse", async ({ run }) => {
  for (const token of ["my-secret", "tokens", "undefined1", "v1.0-ab~c/d+e=", "x", "key-of-the-castle"]) {
    const { calls } = await run("{ accounts { totalCount } }", {}, { authorization: `Bearer ${token}` });
    expect(calls, token).toEqual(["GET /accounts"]);
  }
});

test("a pair that is whole is taken where `Authorization` is none", async ({ run }) => {
  const headers = { authorization: "Bearer <API token>", "x-auth-email": "ada@example.com", "x-auth-key": key };
  expect((await run("{ accounts { totalCount } }", {}, headers)).calls).toEqual(["GET /accounts"]);
});
