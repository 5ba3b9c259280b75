import { Directory, Question } from "../src/access/question.ts";
import { accountKeyOf, resourceOf, zoneKeyOf } from "../src/access/resource.ts";
import { type GroupMatches, isRelevant } from "../src/access/subject.ts";
import { learn, matchGroups, type Steps, whoCan } from "../src/access/who-can.ts";
import type { Member } from "../src/cloudflare/members.ts";
import type { PermissionGroup } from "../src/cloudflare/permission-groups.ts";
import type { Policy } from "../src/cloudflare/policies.ts";
import { permissionGroups, roles } from "../src/sandbox/catalogue.ts";

const accountId = "a".repeat(32);
const id = (kind: string, n: number) => `${kind}${n}`.padStart(32, "0");

/** The most that is promised: groups, policies of each, members. */
const [GROUPS, POLICIES, MEMBERS] = [1000, 10, 5000];

/** A policy with two permission groups on two resource groups of some zones, or on the account. */
function policy(n: number): Policy {
  const pick = (at: number) => ({ ...(permissionGroups[at % permissionGroups.length] as PermissionGroup) });
  const zones = [1, 2, 3].map((each) => ({ key: zoneKeyOf(id("f", (n + each) % 400)) }));
  const account = accountKeyOf(accountId);
  const objects = n % 5 === 0 ? [{ key: "*" }] : zones;
  return {
    id: id("b", n),
    access: "allow",
    permission_groups: [pick(n), pick(n * 7 + 3)],
    resource_groups: [
      { id: id("c", n % 300), meta: undefined, scope: [{ key: account, objects }] },
      { meta: undefined, scope: [{ key: zoneKeyOf(id("f", n % 400)), objects: [{ key: "*" }] }] },
    ],
  };
}

/** Records of an account of that size. */
export function largeAccount() {
  const groups = Array.from({ length: GROUPS }, (_, n) => ({
    id: id("d", n),
    name: `Team ${n}`,
    policies: Array.from({ length: POLICIES }, (_, i) => policy(n * POLICIES + i)),
    members: Array.from({ length: 50 }, (_, i) => id("e", (n * 37 + i * 101) % MEMBERS)),
  }));
  const members = Array.from(
    { length: MEMBERS },
    (_, n): Member => ({
      id: id("e", n),
      email: `member.${n}@acme.example`,
      status: "accepted",
      user: { id: id("9", n), two_factor_authentication_enabled: n % 3 > 0 },
      roles: [n % 100 === 0 ? roles.administrator : roles.minimal],
      policies: n % 10 === 0 ? [policy(n)] : [],
    }),
  );
  return { groups, members };
}

/** The whole evaluation of who can purge the cache of a zone, as the graph makes it. How many they are. */
export function* evaluate({ groups, members }: ReturnType<typeof largeAccount>): Steps<number> {
  const directory = new Directory();
  yield* learn(directory, [...members, ...groups]);
  const permission = directory.permission(
    permissionGroups.find(({ meta }) => meta.label === "cache_domain_purge")?.id ?? "",
  );
  const question = new Question(accountId, permission, resourceOf(zoneKeyOf(id("f", 7)), accountId), directory);
  const matching = (yield* matchGroups(groups, question)).filter(isRelevant);
  const groupsOf = new Map<string, GroupMatches<(typeof groups)[number]>[]>();
  for (const each of matching) {
    for (const member of each.group.members) groupsOf.set(member, [...(groupsOf.get(member) ?? []), each]);
  }
  return (yield* whoCan(members, question, { groupsOf, perhaps: [] }, true)).length;
}
