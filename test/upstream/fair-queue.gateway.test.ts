import { account, expect, setupOverHttp, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { waitFor } from "../wait-for.ts";

const membersRoute = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const short = `query ($account: String!, $first: Int!) {
  account(id: $account) { members(first: $first) { nodes { id } } }
}`;

/** A long operation of 303 calls, four at once, is under way: a few of its calls have arrived. */
async function long() {
  const size = { groups: 300, members: 40, membersPerGroup: 10, jitter: [2, 8] as [number, number] };
  const fixture = await setupOverHttp(size, {}, { concurrency: 4, rate: false });
  const { run, sandbox } = fixture;
  const ids = `query ($account: String!) { account(id: $account) { userGroups(first: 300) { nodes { cloudflareId } } } }`;
  const { data } = await run<{ account: { userGroups: { nodes: { cloudflareId: string }[] } } }, object>(ids, {
    account,
  });
  const groups = data?.account.userGroups.nodes.map(({ cloudflareId }) => cloudflareId) ?? [];
  sandbox.calls.length = 0;
  const whole = run(FullGraphDocument, { account, groups: 300, members: 5 });
  await waitFor(() => expect(sandbox.calls.length).toBeGreaterThan(20));
  /** The places of the calls that match, among all that have arrived. */
  const places = (matches: (path: string, route: string) => boolean) =>
    sandbox.calls.flatMap(({ path, route }, place) => (matches(path, route) ? [place] : []));
  return { ...fixture, whole, places, groups, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

test("short operations are answered one after the other while a long one of the same credential is under way", async () => {
  await using fixture = await long();
  const { run, sandbox, whole, places } = fixture;
  const answered: number[] = [];
  for (let first = 1; first <= 10; first++) {
    const { data, errors } = await run(short, { account, first });
    expect([errors, data]).toMatchObject([undefined, { account: { members: { nodes: { length: first } } } }]);
    answered.push(sandbox.calls.length);
  }
  const { data, errors } = await whole;
  expect(errors).toBeUndefined();
  expect(data?.account?.userGroups?.nodes).toHaveLength(300);
  const [longs, shorts] = [places((_, route) => route === membersRoute), places((path) => path.endsWith("/members"))];
  expect(longs).toHaveLength(300);
  const own = shorts.filter((place) => !longs.includes(place));
  expect(own).toHaveLength(10);
  // Each arrives when a small part of the long one has, and is answered before the long one has sent its last.
  for (const [index, place] of own.entries()) expect(place - (answered[index - 1] ?? 21)).toBeLessThan(30);
  expect(answered.at(-1)).toBeLessThan(longs.at(-1) ?? 0);
});

test("a write does not wait for the reads of a long operation", async () => {
  await using fixture = await long();
  const { run, whole, places } = fixture;
  const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;
  const { data } = await run(create, { account });
  expect(data).toEqual({ createUserGroup: { __typename: "CreateUserGroupPayload" } });
  await whole;
  const [write = 0] = places((_, route) => route.startsWith("POST "));
  expect(write).toBeGreaterThan(0);
  expect(write).toBeLessThan(60);
});

test("a short operation that asks for what a long one has asked for already shares its call, and does not wait for its line", async () => {
  await using fixture = await long();
  const { run, whole, places, groups } = fixture;
  const last = groups.at(-1) ?? "";
  const members = `query ($account: String!, $last: String!) {
    account(id: $account) { userGroup(id: $last) { members(first: 5) { nodes { id email status } } } }
  }`;
  const { errors } = await run(members, { account, last });
  expect(errors).toBeUndefined();
  await whole;
  const [place, again] = places((path, route) => route === membersRoute && path.includes(last));
  expect(place).toBeLessThan(80);
  expect(again).toBeUndefined();
});
