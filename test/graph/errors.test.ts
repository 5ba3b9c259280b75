import { describe } from "vitest";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { account, expect, serviceMode, setup, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const nobody = "f".repeat(32);
const html = { status: 502, headers: { "content-type": "text/html" }, text: "<html><body>Bad gateway</body></html>" };

describe("bad input is refused before any call, naming the argument", () => {
  const inAccount = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;
  test.for([
    ["id", `{ account(id: "../members") { name } }`],
    ["id", `{ account(id: "") { name } }`],
    ["id", inAccount(`userGroup(id: "not-an-id") { name }`)],
    ["id", inAccount(`userGroups(id: "x") { nodes { name } }`)],
    ["id", inAccount(`permissionGroup(id: "..") { name }`)],
    ["id", inAccount(`resourceGroup(id: "a/b") { name }`)],
    ["id", inAccount(`member(id: "%2e%2e") { email }`)],
    ["id", inAccount(`ssoConnector(id: "\\u0000") { emailDomain }`)],
    ["zoneId", inAccount(`resourceGroups(zoneId: "acme.example") { nodes { name } }`)],
    ["zoneId", inAccount(`userGroups(zoneId: "acme.example") { nodes { name } }`)],
    ["zoneName", inAccount(`resourceGroups(zoneName: "is:acme") { nodes { name } }`)],
    ["after", inAccount(`members(search: "a", after: "nonsense") { nodes { email } }`)],
    ["after", inAccount(`apiTokens(after: "nonsense") { nodes { name } }`)],
    ["first", inAccount(`userGroups(first: -1) { nodes { name } }`)],
    ["first", inAccount(`userGroups(first: 1001) { nodes { name } }`)],
    ["last", inAccount(`userGroups(last: -5) { nodes { name } }`)],
    ["last", inAccount(`userGroups(first: 1, last: 1) { nodes { name } }`)],
    ["after", inAccount(`userGroups(after: "nonsense") { nodes { name } }`)],
    ["before", inAccount(`ssoConnectors(before: "bm9uc2Vuc2U6MQ") { nodes { emailDomain } }`)],
    ["name", inAccount(`userGroups(name: "") { nodes { name } }`)],
    ["id", `{ node(id: "nonsense") { id } }`],
    ["id", `{ node(id: "${Buffer.from("UserGroup:..:..").toString("base64url")}") { id } }`],
    ["id", `{ node(id: "${Buffer.from(`Planet:${account}:${nobody}`).toString("base64url")}") { id } }`],
    ["ids[0]", `{ nodes(ids: ["nonsense"]) { id } }`],
  ])("%s in %s", async ([argument, query], { run }) => {
    const { errors, calls } = await run(query as string);
    expect(calls).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: "BAD_USER_INPUT", argument });
    expect(errors?.[0]?.message).toContain(`\`${argument}\``);
  });

  test("more than 1000 IDs are refused", async ({ run }) => {
    const { errors, calls } = await run("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
      ids: Array(1001).fill("x"),
    });
    expect(errors?.[0]).toMatchObject({ message: "`ids` must be at most 1000 IDs, not 1001." });
    expect(calls).toEqual([]);
  });

  test("a cursor of another list, parent, filter or order is foreign", async ({ run }) => {
    type Groups = {
      account: {
        userGroups: { nodes: { members: { pageInfo: { endCursor: string } } }[]; pageInfo: { endCursor: string } };
      };
    };
    const { data } = await run<Groups, object>(
      inAccount(
        "userGroups(first: 2) { pageInfo { endCursor } nodes { members(first: 1) { pageInfo { endCursor } } } }",
      ),
    );
    const after = data?.account?.userGroups.pageInfo.endCursor;
    const member = data?.account?.userGroups.nodes[0]?.members.pageInfo.endCursor;
    for (const list of [
      `members(after: "${after}") { nodes { id } }`,
      `userGroups(after: "${after}", direction: DESC) { nodes { id } }`,
      `userGroups(after: "${after}", search: "dns") { nodes { id } }`,
      `userGroups(first: 2) { nodes { members(after: "${after}") { nodes { id } } } }`,
      `userGroups(after: "${member}") { nodes { id } }`,
    ]) {
      const { errors } = await run(inAccount(list));
      expect(errors?.[0]?.extensions, list).toMatchObject({ code: "BAD_USER_INPUT", argument: "after" });
    }
    expect((await run(inAccount(`userGroups(after: "${after}", first: 7) { nodes { id } }`))).errors).toBeUndefined();
  });

  test("documents and variables that do not fit the schema are bad input, too", async ({ run }) => {
    for (const [query, variables] of [
      ["{ nonsense }", {}],
      ["{ accounts( }", {}],
      ["query ($n: Int!) { accounts(first: $n) { totalCount } }", { n: "many" }],
      ["query ($n: Int!) { accounts(first: $n) { totalCount } }", {}],
    ] as const) {
      const { errors, calls } = await run(query, variables);
      expect(errors?.[0]?.extensions?.code, query).toBe("BAD_USER_INPUT");
      expect(calls).toEqual([]);
    }
  });
});

describe("credentials", () => {
  test.skipIf(serviceMode)(
    "without one, a field that needs Cloudflare is UNAUTHENTICATED and no call is made",
    async ({ run }) => {
      const { data, errors, calls } = await run(`{ account(id: "${account}") { id name } }`, {}, {});
      expect(data).toEqual({ account: { id: expect.any(String), name: null } });
      expect(errors).toMatchInlineSnapshot(`
      [
        {
          "extensions": {
            "code": "UNAUTHENTICATED",
            "route": "GET /accounts/{account_id}",
          },
          "locations": [
            {
              "column": 56,
              "line": 1,
            },
          ],
          "message": "No credential: send \`Authorization: Bearer <API token>\`, or \`X-Auth-Email\` with \`X-Auth-Key\`.",
          "path": [
            "account",
            "name",
          ],
        },
      ]
    `);
      expect(calls).toEqual([]);
    },
  );

  test("introspection and __typename need none", async ({ run }) => {
    const { data, errors } = await run(
      `{ __typename __schema { queryType { name } } account(id: "${account}") { __typename } }`,
      {},
      {},
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      __typename: "Query",
      __schema: { queryType: { name: "Query" } },
      account: { __typename: "Account" },
    });
  });

  test.skipIf(serviceMode)(
    "a bad token is UNAUTHENTICATED in Cloudflare's words, and never repeated",
    async ({ run }) => {
      const { errors } = await run(`{ accounts { totalCount } }`, {}, { authorization: "Bearer s3cret-s3cret-s3cret" });
      expect(errors).toMatchInlineSnapshot(`
      [
        {
          "extensions": {
            "cloudflare": {
              "errors": [
                {
                  "code": 9109,
                  "documentationUrl": null,
                  "message": "Invalid access token",
                  "pointer": null,
                },
              ],
              "rayId": "4706c1d884221cc1-AMS",
              "route": "GET /accounts",
              "status": 403,
            },
            "code": "UNAUTHENTICATED",
          },
          "locations": [
            {
              "column": 3,
              "line": 1,
            },
          ],
          "message": "Cloudflare answered GET /accounts with 403: 9109 Invalid access token",
          "path": [
            "accounts",
          ],
        },
      ]
    `);
      expect(JSON.stringify(errors)).not.toContain("s3cret");
    },
  );

  test("the e-mail address and key of a user are forwarded as well, and nothing else is", async () => {
    const seen: Record<string, string>[] = [];
    const { run } = setup({}, (sandbox) => (request) => {
      seen.push(request.headers);
      return sandbox.handle(request);
    });
    const key = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };
    const { errors } = await run(
      `{ accounts { totalCount } }`,
      {},
      { ...key, cookie: "a=b", "x-forwarded-for": "1.2.3.4" },
    );
    expect(errors).toBeUndefined();
    expect(seen).toEqual([{ ...key, accept: "application/json", "user-agent": "cloudflare-iam-graphql" }]);
  });
});

describe("what Cloudflare refuses or breaks", () => {
  test("an unknown account is NOT_FOUND at each field that needs it, and nowhere before", async ({ run }) => {
    const { data, errors } = await run(
      `{ account(id: "${nobody}") { cloudflareId name userGroup(id: "${nobody}") { name } } }`,
    );
    expect(data).toEqual({ account: { cloudflareId: nobody, name: null, userGroup: null } });
    expect(errors?.map(({ path, extensions }) => [path?.join("."), extensions?.code]).toSorted()).toEqual([
      ["account.name", "NOT_FOUND"],
      ["account.userGroup", "NOT_FOUND"],
    ]);
    const { errors: ofLists } = await run(
      `{ account(id: "${nobody}") { userGroups { totalCount } members { totalCount } } }`,
    );
    for (const { message } of [...(errors ?? []), ...(ofLists ?? [])].filter(({ path }) => path?.[1] !== "userGroup")) {
      expect(message).toMatch(
        /^The account was not found, or not visible to this token: Cloudflare answered GET .* with 404: 7003/,
      );
      // The account is known to be the cause: nothing is guessed behind it.
      expect(message).not.toContain("perhaps");
    }
  });

  test("what an account has, and has no more, is not told as the account", async ({ run, sandbox }) => {
    const [group] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    sandbox.stub(membersRoute, () => errorResponse(new ApiError(404, 404, `User group ${group} not found`)));
    const { errors } = await run(
      `{ account(id: "${account}") { userGroup(id: "${group}") { members { totalCount } } } }`,
    );
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^Cloudflare answered GET .*members with 404: User group/) },
    ]);
  });

  test("a look-up of what does not exist is null", async ({ run }) => {
    const fields = ["userGroup", "resourceGroup", "permissionGroup", "member", "ssoConnector"];
    const { data, errors } = await run(
      `{ account(id: "${account}") { ${fields.map((field) => `${field}(id: "${nobody}") { id }`).join(" ")} } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ account: Object.fromEntries(fields.map((field) => [field, null])) });
  });

  test.for([
    ["UNAUTHENTICATED", errorResponse(new ApiError(401, 10000, "Authentication error"))],
    ["UNAUTHENTICATED", errorResponse(new ApiError(403, 9109, "Invalid access token"))],
    ["FORBIDDEN", errorResponse(new ApiError(403, 9109, "Unauthorized to access requested resource"))],
    ["FORBIDDEN", errorResponse(new ApiError(403, 10000, "Authentication error"))],
    ["UPSTREAM_ERROR", errorResponse(new ApiError(400, 400, "Policy validation failed"))],
    ["UPSTREAM_ERROR", html],
    ["UPSTREAM_ERROR", { status: 500, headers: {}, text: "" }],
    ["UPSTREAM_INVALID", { status: 200, headers: {}, text: "<html>" }],
    ["UPSTREAM_INVALID", { status: 200, headers: {}, text: "null" }],
    [
      "UPSTREAM_INVALID",
      { status: 200, headers: {}, text: `{"result":{"id":"x"},"success":true,"errors":[],"messages":[]}` },
    ],
    ["UPSTREAM_INVALID", { status: 200, headers: {}, text: `{"result":[]}` }],
    ["RATE_LIMITED", { status: 429, headers: { "retry-after": "17" }, text: "" }],
    ["RATE_LIMITED", errorResponse(new ApiError(200, 971, "Please wait and consider throttling your request speed"))],
  ] as const)(
    "one group's members failing with %s leave that field null and the others whole",
    async ([code, answer], { run, sandbox, skip }) => {
      skip(serviceMode && code === "UNAUTHENTICATED");
      const victim = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])].find(
        ({ name }) => name === "Security",
      );
      sandbox.stub(membersRoute, ({ params }) => (params.user_group_id === victim?.id ? answer : undefined));
      const { data, errors, status } = await run(FullGraphDocument, { account });
      const groups = data?.account?.userGroups?.nodes ?? [];
      expect(status).toBe(200);
      expect(groups).toHaveLength(16);
      expect(groups.filter((group) => group?.members === null).map((group) => group?.name)).toEqual(["Security"]);
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.path?.join(".")).toMatch(/^account\.userGroups\.nodes\.\d+\.members$/);
      expect(errors?.[0]?.extensions).toMatchObject({
        code,
        cloudflare: { route: membersRoute, status: answer.status },
      });
      if (code === "RATE_LIMITED")
        expect(Date.parse(String(errors?.[0]?.extensions?.resetAt))).toBeGreaterThan(Date.now());
    },
  );

  test("a word that an enum does not know fails its own field", async ({ run, sandbox }) => {
    for (const member of sandbox.state.accounts.get(account)?.members.values() ?? [])
      Object.assign(member, { status: "frozen" });
    const { data, errors } = await run(
      `{ account(id: "${account}") { members(first: 1) { nodes { email status } } } }`,
    );
    expect(data).toEqual({ account: { members: { nodes: [{ email: expect.any(String), status: null }] } } });
    expect(errors).toMatchInlineSnapshot(`
      [
        {
          "extensions": {
            "code": "UPSTREAM_INVALID",
          },
          "locations": [
            {
              "column": 87,
              "line": 1,
            },
          ],
          "message": "Cloudflare sent something unexpected: "frozen" is none of the words of MemberStatus: accepted, pending, rejected.",
          "path": [
            "account",
            "members",
            "nodes",
            0,
            "status",
          ],
        },
      ]
    `);
  });

  test("what no resolver expected is masked, and named by the request's ID", async () => {
    // Whatever a transport throws is understood; so its answer must do it.
    const bug = () => {
      throw new TypeError("secret internals");
    };
    const { gateway } = setup({}, () => async () => ({
      status: 200,
      headers: new Proxy({}, { get: bug }),
      text: "{}",
    }));
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin", "x-request-id": "req-1" },
      body: JSON.stringify({ query: `{ accounts { totalCount } }` }),
    });
    expect(response.headers.get("x-request-id")).toBe("req-1");
    expect(await response.json()).toMatchObject({
      data: { accounts: null },
      errors: [
        {
          message: "Unexpected error.",
          path: ["accounts"],
          extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "req-1" },
        },
      ],
    });
  });

  test("ids that Cloudflare sends are checked before they enter a path", async ({ run, sandbox }) => {
    const records = [
      { id: "../../members", name: "evil" },
      { id: "a".repeat(32), name: "fine" },
    ];
    sandbox.stub(groupsRoute, () => ({
      status: 200,
      headers: {},
      text: JSON.stringify({ success: true, errors: [], messages: [], result: records }),
    }));
    const { data, errors, calls } = await run(
      `{ account(id: "${account}") { userGroups { nodes { name members { totalCount } } } } }`,
    );
    expect(data).toMatchObject({
      account: { userGroups: { nodes: [{ name: "evil", members: null }, { name: "fine" }] } },
    });
    expect(errors?.[0]?.extensions?.code).toBe("UPSTREAM_INVALID");
    expect(calls.filter((route) => route !== groupsRoute)).toEqual([membersRoute]);
  });
});
