import fc from "fast-check";
import { GraphQLError } from "graphql";
import { describe } from "vitest";
import { withoutRepetition } from "../../src/server/visible-errors.ts";
import { account, expect, setupOverHttp, test } from "../gateway.ts";
import { runs } from "../property.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const members = `{ account(id: "${account}") { userGroups(first: 1000) { nodes { members { totalCount } } } } }`;

describe("an error that many fields share", () => {
  test("is told whole once, and for every further field with path, code and the place of the first", async () => {
    await using fixture = await setupOverHttp({ groups: 700, membersPerGroup: 0 }, {}, { maxCalls: 100 });
    const { errors = [], data } = await fixture.run(members);
    expect(errors).toHaveLength(700);
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining("it takes 700 calls"),
      locations: [{ line: 1 }],
      path: ["account", "userGroups", "nodes", 0, "members"],
      extensions: { code: "TOO_EXPENSIVE", cost: { needed: 700 }, route: membersRoute },
    });
    for (const [i, error] of errors.slice(1).entries()) {
      expect(error).toEqual({
        message: "as errors[0]",
        path: ["account", "userGroups", "nodes", i + 1, "members"],
        extensions: { code: "TOO_EXPENSIVE", sameAs: 0 },
      });
    }
    expect(JSON.stringify(errors).length).toBeLessThan(100_000);
    expect(data).toEqual({ account: { userGroups: { nodes: Array(700).fill({ members: null }) } } });
  });

  test("is told whole wherever it differs", async () => {
    await using fixture = await setupOverHttp({ groups: 3 });
    fixture.sandbox.injectFault(membersRoute, { kind: "error", status: 500, body: "html" });
    const { errors = [] } = await fixture.run(members);
    // Each answer has a ray ID of its own.
    expect(errors.map(({ extensions }) => extensions?.cloudflare)).toEqual(
      Array(3).fill(expect.objectContaining({ status: 500, rayId: expect.any(String) })),
    );
  });

  test("can be put together again, and nothing else is touched", () => {
    const some = fc.record({
      message: fc.constantFrom("a", "b"),
      path: fc.option(fc.array(fc.oneof(fc.nat(3), fc.constantFrom("x", "y")), { maxLength: 3 }), { nil: undefined }),
      extensions: fc.record({ code: fc.constantFrom("A", "B"), cost: fc.option(fc.nat(2), { nil: undefined }) }),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (given) => {
        const errors = given.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
        const told = withoutRepetition(errors);
        const whole = told.map((error) => {
          const first = told[Number(error.extensions.sameAs ?? -1)];
          return first ? { message: first.message, path: error.path, extensions: first.extensions } : error;
        });
        expect(whole.map(({ message, path, extensions }) => ({ message, path, extensions }))).toEqual(
          errors.map(({ message, path, extensions }) => ({ message, path, extensions })),
        );
        for (const error of told) if (!error.path) expect(errors).toContain(error);
      }),
      runs(500),
    );
  });
});
