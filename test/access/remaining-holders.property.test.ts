import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Directory, Question } from "../../src/access/question.ts";
import { type LostRight, lostRights, type Remaining } from "../../src/access/remaining-holders.ts";
import { resourceOf } from "../../src/access/resource.ts";
import { learn, type Steps } from "../../src/access/who-can.ts";
import type { Member } from "../../src/cloudflare/members.ts";
import type { PermissionGroup } from "../../src/cloudflare/permission-groups.ts";
import type { UserGroup } from "../../src/cloudflare/user-groups.ts";
import { runs } from "../property.ts";
import { type ApiRecord, naiveVerdict } from "./naive.ts";
import { catalogue, type World, worlds } from "./worlds.ts";

type Team = UserGroup & { failing: boolean; members: string[] };

function run<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Records as the client reads them: a scope is a list. */
function rowsOf<T>(record: T): T {
  const listed = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && "scope" in value ? { ...value, scope: [value.scope] } : value;
  return JSON.parse(JSON.stringify(record, listed));
}

/** What the first member of a world loses by leaving. */
function rightsOf(world: World): LostRight<Team>[] {
  const directory = new Directory();
  for (const record of catalogue) directory.permissionGroup(record as PermissionGroup);
  const members = world.members.map((record) => rowsOf(record) as unknown as Member);
  const groups = world.groups.map((record) => rowsOf(record) as unknown as Team);
  run(learn(directory, [...members, ...groups]));
  for (const record of world.places.values()) directory.resourceGroup({ ...record, scope: [record.scope] } as never);
  const [leaving, ...others] = members as [Member, ...Member[]];
  const readable = groups.filter(({ failing }) => !failing);
  const inGroups = (id: string) => new Set(readable.filter((group) => group.members.includes(id)));
  const remaining: Remaining<Team> = {
    accountId: world.accountId,
    others,
    groups,
    groupsOf: new Map(members.map(({ id }) => [id, inGroups(id)])),
    unknown: new Set(groups.filter(({ failing }) => failing)),
    directory,
  };
  const question = new Question(world.accountId, undefined, undefined, directory);
  return run(lostRights(leaving, [...inGroups(leaving.id)], question, remaining));
}

/** The keys of all resources of a group, if somebody else can be asked about each of them. */
function keysOf({ accountId, places }: World, { id, scope: own }: ApiRecord): string[] | undefined {
  const scope = own ?? places.get(id ?? "")?.scope;
  if (!scope || scope.objects.length === 0) return undefined;
  const kindOf = (key: string) => resourceOf(key, accountId).kind;
  const whole = scope.objects.every(({ key }) => key === "*");
  if (whole) return ["account", "zone", "single"].includes(kindOf(scope.key)) ? [scope.key] : undefined;
  // An object that is an account, or within something else than the account, names something unknown.
  const plain = scope.objects.every(({ key }) => ["zone", "allZones", "single"].includes(kindOf(key)));
  return plain && kindOf(scope.key) === "account" ? scope.objects.map(({ key }) => key) : undefined;
}

describe("what a member loses by leaving a random account", () => {
  test("is had by those who can do all of it, as somebody else works it out", () => {
    const seen = { rights: 0, held: 0, last: 0, perhaps: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        // Whether somebody may use what they have is another question.
        const lax = { ...world, enforced: false };
        for (const { grant, holders, perhaps, known } of rightsOf(world)) {
          const { match } = grant;
          if (!("policy" in match)) continue;
          const place = match.resourceGroup as unknown as { id?: string; scope?: [NonNullable<ApiRecord["scope"]>] };
          const keys = keysOf(world, { ...(place.id && { id: place.id }), scope: place.scope?.[0] });
          const label = world.labels.get(match.permissionGroup.id);
          if (!keys || !label) continue;
          expect(known).toBe(true);
          seen.rights++;
          const verdicts = world.members
            .slice(1)
            .map(({ id }) => ({ id, all: keys.map((key) => naiveVerdict(lax, { label, key }, id)) }));
          const sure = verdicts.filter(({ all }) => all.every((each) => each === "ALLOWED"));
          const unsure = verdicts.filter(
            ({ all }) =>
              all.every((each) => ["ALLOWED", "UNKNOWN", "CONDITIONAL"].includes(each)) &&
              all.some((each) => each !== "ALLOWED"),
          );
          expect(holders.map(({ id }) => id)).toEqual(sure.map(({ id }) => id));
          expect(perhaps.map(({ id }) => id)).toEqual(unsure.map(({ id }) => id));
          if (sure.length > 0) seen.held++;
          else if (unsure.length > 0) seen.perhaps++;
          else seen.last++;
        }
      }),
      { ...runs(2000), verbose: 0 as const },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });

  test("comes in an order: what nobody else has, what cannot be told, and what somebody has", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const rights = rightsOf(world);
        const ranks = rights.map(({ known, holders, perhaps }) =>
          !known ? 1 : holders.length > 0 ? 2 : perhaps.length > 0 ? 1 : 0,
        );
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const { grant, holders, perhaps } of rights) {
          if ("policy" in grant.match) expect(grant.match.policy.access).not.toBe("deny");
          const ids = [...holders, ...perhaps].map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).not.toContain(world.members[0]?.id);
        }
      }),
      { ...runs(1000), verbose: 0 as const },
    );
  });
});
