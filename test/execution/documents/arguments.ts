import fc, { type Arbitrary } from "fast-check";
import { type GraphQLField, isNonNullType } from "graphql";
import type { List, Supply } from "./supply.ts";
import type { Given } from "./write.ts";

type Values = Record<string, unknown>;

/** Arguments of a field that stands in so many lists with pages: the more, the shorter its own. */
export function argumentsOf(
  supply: Supply,
  field: GraphQLField<unknown, unknown>,
  lists: number,
): Arbitrary<Record<string, Given>> {
  return valuesOf(supply, field, lists).chain((values) => {
    const given = Object.entries(values).map(([name, value]) => {
      const argument = field.args.find((each) => each.name === name);
      if (!argument) throw new Error(`There is no argument ${name} of ${field.name}.`);
      const window = name === "first" || name === "last";
      const hows = isNonNullType(argument.type) || (window && lists > 1) ? given3 : given4;
      return [name, hows.map((how): Given => ({ value, how }))] as const;
    });
    return fc.record(Object.fromEntries(given)) as Arbitrary<Record<string, Given>>;
  });
}

/** Mostly literals. */
export const given3 = hows("literal", "literal", "literal", "variable", "variable", "default");
const given4 = fc.oneof({ weight: 19, arbitrary: given3 }, { weight: 1, arbitrary: hows("absent") });

function hows(...several: Given["how"][]): Arbitrary<Given["how"]> {
  return fc.constantFrom(...several);
}

function valuesOf(
  { accounts, raw, ids, lists }: Supply,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): Arbitrary<Values> {
  const names = field.args.map(({ name }) => name).join();
  if (names === "") return fc.constant<Values>({});
  if (names === "ids") return nodesOf(ids).map((ids): Values => ({ ids }));
  if (names === "id") {
    const known = field.name === "account" ? mostly(accounts) : fc.constantFrom(...(raw[field.name] ?? ids));
    return known.map((id): Values => ({ id }));
  }
  if (field.name === "previewChanges") return changesOf(accounts, raw, ids);
  if (field.args.some(({ name }) => name === "on")) return questionsOf(raw, ids, names);
  const filters = names.includes("search");
  const list =
    lists[
      field.name === "members" && !names.includes("orderBy")
        ? "search"
        : field.name === "userGroups" && !filters
          ? "ofMember"
          : field.name
    ];
  if (!list) throw new Error(`Add ${field.name}(${names}) to \`lists\` in test/execution/documents/supply.ts.`);
  return windowsOf(list, depth);
}

/** Arguments of a question about access; seldom one that is refused. */
function questionsOf(raw: Supply["raw"], ids: string[], names: string): Arbitrary<Values> {
  const one = (several: string[] = []) => fc.constantFrom(...(several.length ? several : ids));
  const permission = fc.oneof(
    fc.constantFrom({ label: "dns_admin" }, { label: "cache_domain_purge" }, { name: "Logs Read" }, { name: "DNS" }),
    one(raw.permissionGroup).map((id) => ({ id })),
  );
  const on = fc.oneof(
    fc.constantFrom({ account: true }, { account: false }, { key: "com.cloudflare.api.account.zone.*" }, { key: "?" }),
    one(raw.zone).map((zoneId) => ({ zoneId })),
    fc.constantFrom({ zoneName: "shop.acme.example" }, { zoneName: "nobody.example" }, { zoneName: "is:" }),
  );
  if (names === "on") return fc.oneof(fc.constant({}), fc.record({ on }));
  const first = fc.constantFrom(0, 1, 3, 50);
  if (names.includes("memberId")) return fc.record({ memberId: one(raw.member), permission, on });
  return fc.oneof(fc.record({ permission, on, first }), fc.record({ permission, on, last: first }));
}

/** Changes of access; seldom some that are refused before anything is called. */
function changesOf(accounts: string[], raw: Supply["raw"], ids: string[]): Arbitrary<Values> {
  const one = (several: string[] = []) => fc.constantFrom(...(several.length ? several : ids));
  const [userGroupId, memberId] = [one(raw.userGroup), one(raw.member)];
  const change = fc.oneof(
    fc
      .record({ userGroupId, memberIds: fc.array(memberId, { maxLength: 3 }) })
      .map((addUserGroupMembers) => ({ addUserGroupMembers })),
    fc.record({ userGroupId, memberId }).map((removeUserGroupMember) => ({ removeUserGroupMember })),
    fc.record({ userGroupId }).map((deleteUserGroup) => ({ deleteUserGroup })),
    fc
      .record({ userGroupId, name: fc.constantFrom("Security", "New") })
      .map((updateUserGroup) => ({ updateUserGroup })),
    fc.record({ memberId }).map((removeMember) => ({ removeMember })),
    fc.record({ memberId }).map((offboardMember) => ({ offboardMember })),
  );
  return fc.record({ accountId: mostly(accounts), changes: fc.array(change, { maxLength: 3 }) });
}

/** Mostly the first, and each of them. */
function mostly(several: string[]): Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(several[0] ?? "") },
    { weight: 1, arbitrary: fc.constantFrom(...several) },
  );
}

function nodesOf(ids: string[]): Arbitrary<string[]> {
  const good = fc.array(fc.constantFrom(...ids), { maxLength: 12, size: "max" });
  const bad = good.map((several) => [...several, "no global ID"]);
  return fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: bad });
}

const lengths = [
  [0, 1, 2, 3, 5, 20, 49, 50, 51, 60, 100, 101, 499, 500, 501, 1000],
  [0, 1, 2, 3, 7, 20, 51, 60],
  [0, 1, 2, 3],
];

/** A list's filters and a window: from either end, behind a cursor, ahead of one, between two; seldom an impossible one. */
function windowsOf(lists: List[], depth: number): Arbitrary<Values> {
  const records = fc.constantFrom(...(lengths[Math.min(depth, 2)] as number[]));
  const everywhere = lists.flatMap(({ cursors }) => cursors);
  return fc.constantFrom(...lists).chain(({ asked, cursors }) => {
    const cursor = fc.constantFrom(...(cursors.length ? cursors : ["no cursor"]));
    const foreign = fc.constantFrom("no cursor", ...everywhere);
    const shapes = [
      { weight: 6, arbitrary: fc.record({ first: records }) },
      { weight: 2, arbitrary: fc.record({ last: records }) },
      { weight: 1, arbitrary: fc.record({ first: records, last: records }) },
      { weight: 1, arbitrary: fc.record({ last: records, first: fc.constant(null) }) },
      { weight: 1, arbitrary: fc.record({ first: fc.constantFrom(-1, 1001) }) },
      { weight: 1, arbitrary: fc.record({ first: records, after: foreign }) },
    ];
    if (depth < 2) shapes.push({ weight: 6, arbitrary: fc.constant({}) as never });
    if (cursors.length) {
      shapes.push(
        { weight: 3, arbitrary: fc.record({ first: records, after: cursor }) as never },
        { weight: 3, arbitrary: fc.record({ last: records, before: cursor }) as never },
        { weight: 1, arbitrary: fc.record({ first: records, before: cursor }) as never },
        { weight: 1, arbitrary: fc.record({ last: records, after: cursor }) as never },
        { weight: 2, arbitrary: fc.record({ first: records, after: cursor, before: cursor }) as never },
      );
    }
    return fc
      .oneof(...(shapes as { weight: number; arbitrary: Arbitrary<Values> }[]))
      .map((window) => ({ ...asked, ...window }));
  });
}
