import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grantsOf } from "../../src/access/grant.ts";
import { nearMissesOf } from "../../src/access/near-miss.ts";
import { Directory, Question } from "../../src/access/question.ts";
import { resourceOf } from "../../src/access/resource.ts";
import type { Subject } from "../../src/access/subject.ts";
import { learn, matchGroups, type Steps, whoCan } from "../../src/access/who-can.ts";
import type { Member } from "../../src/cloudflare/members.ts";
import type { PermissionGroup } from "../../src/cloudflare/permission-groups.ts";
import type { UserGroup } from "../../src/cloudflare/user-groups.ts";
import { runs } from "../property.ts";
import { naiveVerdict, type Verdict } from "./naive.ts";
import { catalogue, groupOf, type World, worlds } from "./worlds.ts";

const words: Record<string, Verdict> = {
  allowed: "ALLOWED",
  denied: "DENIED",
  notGranted: "NOT_GRANTED",
  conditional: "CONDITIONAL",
  unknown: "UNKNOWN",
};

function run<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Records as the client reads them: a scope is a list. */
function rowsOf<T extends { policies: unknown }>(record: T): T {
  const listed = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && "scope" in value ? { ...value, scope: [value.scope] } : value;
  return JSON.parse(JSON.stringify(record, listed));
}

/** Everybody's answers, as the evaluator gives them. */
function evaluate(world: World) {
  const directory = new Directory();
  for (const record of catalogue) directory.permissionGroup(record as PermissionGroup);
  const members = world.members.map((record) => rowsOf(record) as unknown as Member);
  const groups = world.groups.map(
    (record) => rowsOf(record) as unknown as UserGroup & { failing: boolean; members: string[] },
  );
  run(learn(directory, [...members, ...groups]));
  for (const record of world.places.values()) directory.resourceGroup({ ...record, scope: [record.scope] } as never);
  const permission = directory.permission(groupOf(world.asked.label).id);
  const question = new Question(world.accountId, permission, resourceOf(world.asked.key, world.accountId), directory);
  const matching = run(matchGroups(groups, question));
  const known = matching.filter(({ group }) => !group.failing);
  const groupsOf = new Map(
    members.map(({ id }) => [id, known.filter(({ group }) => group.members.includes(id))] as const),
  );
  const perhaps = matching.filter(({ group }) => group.failing);
  return { question, members, grantees: run(whoCan(members, question, { groupsOf, perhaps }, world.enforced)) };
}

describe("a question about a random account", () => {
  test("is answered as by somebody who tries all that is not known both ways", () => {
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(worlds, (world) => {
        const { members, grantees } = evaluate(world);
        const verdicts = new Map(grantees.map(({ member, verdict }) => [member.id, words[verdict]]));
        for (const { id } of members) {
          const expected = naiveVerdict(world, world.asked, id);
          expect(verdicts.get(id) ?? "NOT_GRANTED", JSON.stringify(world.asked)).toBe(expected);
          seen[expected] = (seen[expected] ?? 0) + 1;
        }
      }),
      { ...runs(4000), verbose: 0 as const },
    );
    for (const verdict of Object.values(words)) expect(seen[verdict], verdict).toBeGreaterThan(100);
  });

  test("lists every path once, and those that lead to the verdict", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { question, grantees } = evaluate(world);
        for (const { verdict, subject } of grantees as { verdict: string; subject: Subject<{ id: string }> }[]) {
          const grants = grantsOf(subject, question);
          const effects = grants.map(({ match }) => match.effect);
          if (verdict === "denied") expect(effects).toContain("deny");
          if (verdict === "allowed" || verdict === "conditional") expect(effects).toContain("allow");
          for (const { sources } of grants) {
            const names = sources.map((each) => each.kind + (each.kind === "group" ? each.group.id : ""));
            const roles = sources.flatMap((each) => (each.kind === "role" ? [each.role.id] : []));
            expect(new Set(names).size + Math.max(0, roles.length - 1)).toBe(names.length);
            expect(names.length).toBeGreaterThan(0);
          }
          const misses = nearMissesOf(subject, question, verdict as never, world.enforced);
          if (verdict === "allowed") expect(misses).toEqual([]);
          if (verdict === "conditional") expect(misses.length).toBeGreaterThan(0);
        }
      }),
      { ...runs(1000), verbose: 0 as const },
    );
  });
});
