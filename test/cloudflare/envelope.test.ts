import { describe } from "vitest";
import type { SandboxResponse } from "../../src/sandbox/answer.ts";
import { account, test as base, expect, setupOverHttp } from "../gateway.ts";
import { type Case, cases, stateOf, writeOf } from "../graph/mutations/cases.ts";
import { acme, groupNamed, mutateBy, nobody, noon } from "../graph/mutations/mutation.ts";

const groups = "/accounts/{account_id}/iam/user_groups";
const page = "<html><head><title>404 Not Found</title></head><body><center>nginx</center></body></html>";

/** Answers of whoever stands where Cloudflare should: a proxy, a captive portal, another service. */
const strangers: [says: string, answer: SandboxResponse, words: string][] = [
  [
    "404 in HTML",
    { status: 404, headers: { "content-type": "text/html" }, text: page },
    "404 and a body of type text/html, which is none of Cloudflare's answers: “404 Not Found nginx”",
  ],
  ["404 with nothing", { status: 404, headers: {}, text: "" }, "404 and an empty body without a content type"],
  [
    "404 in other JSON",
    { status: 404, headers: { "content-type": "application/json" }, text: `{"message":"no route"}` },
    `404 and a body of type application/json, which is none of Cloudflare's answers: “{"message":"no route"}”`,
  ],
  [
    "404 in an envelope without errors",
    { status: 404, headers: {}, text: `{"success":false,"errors":[]}` },
    "404 and a body",
  ],
  [
    "401 of a proxy",
    { status: 401, headers: { "content-type": "text/plain" }, text: "Proxy login required" },
    "“Proxy login required”",
  ],
  [
    "403 of a firewall",
    { status: 403, headers: { "content-type": "text/plain" }, text: "error code: 1020" },
    "“error code: 1020”",
  ],
  [
    "400 in HTML",
    { status: 400, headers: { "content-type": "text/html" }, text: "<b>Bad Request</b>" },
    "“Bad Request”",
  ],
  [
    "200 in HTML",
    { status: 200, headers: { "content-type": "text/html" }, text: "<h1>Sign in</h1>" },
    "200 and a body of type text/html, which is none of Cloudflare's answers: “Sign in”",
  ],
  ["200 with nothing", { status: 200, headers: {}, text: "" }, "200 and an empty body"],
  [
    "202 in other JSON",
    { status: 202, headers: { "content-type": "application/json" }, text: `{"queued":true}` },
    // What begins like a record may be anybody's, and is not repeated.
    "202 and a body of type application/json, which is none of Cloudflare's answers",
  ],
  [
    "200 in JSON that breaks off",
    { status: 200, headers: {}, text: ` {"result":{"id":"secret"` },
    "200 and a body without a content type, which is none of Cloudflare's answers",
  ],
  [
    "302 to a login",
    { status: 302, headers: { location: "https://login.example/start?back=1" }, text: "" },
    "(302) to https://login.example/start, which is not followed",
  ],
];

const test = base.extend("over", async ({ task: _ }, { onCleanup }) => {
  const over = await setupOverHttp({ clock: noon, jitter: [0, 1] }, {}, { retry: true });
  onCleanup(() => over[Symbol.asyncDispose]());
  return over;
});

describe("“there is none” is Cloudflare's alone to say", () => {
  test.for(strangers)(
    "a look-up that is answered with %s is an error, made once",
    async ([, answer, words], { over }) => {
      over.sandbox.stub(`GET ${groups}/{user_group_id}`, () => answer);
      const { data, errors, calls } = await over.run(
        `{ account(id: "${account}") { userGroup(id: "${nobody}") { name } } }`,
      );
      expect(data).toMatchObject({ account: { userGroup: null } });
      expect(errors).toMatchObject([
        {
          path: ["account", "userGroup"],
          extensions: { code: "UPSTREAM_INVALID", cloudflare: { status: answer.status, errors: [] } },
        },
      ]);
      expect(errors?.[0]?.message).toContain(words);
      if (words.endsWith("answers")) expect(errors?.[0]?.message).not.toContain("“");
      expect(calls).toHaveLength(1);
    },
  );

  test("and when it says so, it is none", async ({ over }) => {
    const query = `{ account(id: "${account}") { userGroup(id: "${nobody}") { name } } }`;
    expect(await over.run(query)).toMatchObject({ data: { account: { userGroup: null } }, errors: undefined });
  });

  test("the credential is in no words of a page that repeats it", async ({ over }) => {
    over.sandbox.stub("GET /accounts", () => ({
      status: 404,
      headers: { "content-type": "text/html; x=sandbox-admin", "cf-ray": "sandbox-admin" },
      text: "<p>No, Bearer sandbox-admin!</p>",
    }));
    const { errors } = await over.run("{ accounts { totalCount } }");
    expect(errors?.[0]?.message).toContain("“No, Bearer [credential]!”");
    expect(JSON.stringify(errors)).not.toContain("sandbox-admin");
  });

  test("strangers' answers stop nobody's calls: they are no failure of Cloudflare's", async ({ over }) => {
    let strange = true;
    over.sandbox.stub("GET /accounts", () => (strange ? strangers[0]?.[1] : undefined));
    const query = `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: accounts(name: "n${n}") { totalCount }`).join(" ")} }`;
    expect((await over.run(query)).calls).toHaveLength(60);
    strange = false;
    expect((await over.run("{ accounts { totalCount } }")).errors).toBeUndefined();
  });
});

describe("“done” is Cloudflare's alone to say", () => {
  const some = [
    "deleteUserGroup",
    "removeUserGroupMember",
    "createUserGroup",
    "updateSsoConnector",
    "beginSsoConnectorVerification",
  ];
  const one = (mutation: string) => cases.find((each) => each.mutation === mutation) as Case;
  const matrix = some.flatMap((mutation) =>
    strangers.map(([says, answer, words]) => ({ mutation, says, answer, words })),
  );

  test.for(matrix)(
    "$mutation that is answered with $says may have been done",
    async ({ mutation, answer, words }, { over }) => {
      const each = one(mutation);
      const input = await each.input(over.sandbox, over.run);
      over.sandbox.stub(writeOf(each), () => answer);
      const { result, calls } = await mutateBy(over.run)(mutation, input);
      expect(result).toMatchObject({
        __typename: "UpstreamError",
        outcome: "UNKNOWN",
        cloudflare: { status: answer.status },
      });
      expect(result.message).toContain(words);
      expect(result.message).toContain("Whether it was done is not known");
      expect(calls.filter((route) => route === writeOf(each))).toHaveLength(1);
    },
  );

  test("and a look before the write that nobody answers keeps it from being sent", async ({ over }) => {
    over.sandbox.stub(`GET ${groups}/{user_group_id}`, () => strangers[0]?.[1]);
    const before = stateOf(over.sandbox);
    const { result } = await mutateBy(over.run)("updateUserGroup", {
      accountId: account,
      userGroupId: groupNamed(over.sandbox, "Security").id,
      name: "x",
    });
    expect(result).toMatchObject({ __typename: "UpstreamError", outcome: "NOT_SENT" });
    expect(stateOf(over.sandbox)).toEqual(before);
  });

  test("204 is a yes", async ({ over }) => {
    const { id } = groupNamed(over.sandbox, "Security");
    over.sandbox.stub(`DELETE ${groups}/{user_group_id}`, () => {
      acme(over.sandbox).userGroups.delete(id);
      return { status: 204, headers: {}, text: "" };
    });
    const { result, calls } = await mutateBy(over.run)(
      "deleteUserGroup",
      { accountId: account, userGroupId: id },
      "deletedId",
    );
    expect(result).toMatchObject({ __typename: "DeleteUserGroupPayload", deletedId: expect.any(String) });
    expect(calls).toEqual([`DELETE ${groups}/{user_group_id}`]);
  });
});
