import type { Member, Role } from "../cloudflare/members.ts";
import { type Grant, grantsOf } from "./grant.ts";
import { type Permission, permissionOf } from "./permission.ts";
import { type Directory, Question } from "./question.ts";
import { accountKeyOf, Places, type Resource } from "./resource.ts";
import { isViewOf, permissionOfRole } from "./role-match.ts";
import { type GroupMatches, isRelevant, matchGroup, matchMember, type PolicyHolder } from "./subject.ts";
import type { Verdict } from "./verdict.ts";
import { type Steps, whoCan } from "./who-can.ts";

/** An account that a member leaves: everybody else, all user groups, and who is in them. */
export interface Remaining<G extends PolicyHolder> {
  readonly accountId: string;
  readonly others: readonly Member[];
  readonly groups: readonly G[];
  /** Groups by the ID of a member. */
  readonly groupsOf: ReadonlyMap<string, ReadonlySet<G>>;
  /** Groups whose members could not be read. */
  readonly unknown: ReadonlySet<G>;
  readonly directory: Directory;
}

/** A right that a member loses by leaving, and who else has all of it. */
export interface LostRight<G> {
  readonly grant: Grant<G>;
  readonly holders: readonly Member[];
  /** Of whom it cannot be told, and who have been invited. */
  readonly perhaps: readonly Member[];
  /** Whether it could be worked out at all. */
  readonly known: boolean;
}

/** Pairs of a permission and a resource that are looked at for one member; rights beyond are not worked out. */
export const MOST_QUESTIONS = 500;

/** Everybody else who has what is asked for, or may have it, by ID. */
export function* holdersOf<G extends PolicyHolder>(
  question: Question,
  remaining: Remaining<G>,
): Steps<ReadonlyMap<string, Verdict>> {
  const matching = new Map<G, GroupMatches<G>>();
  for (const group of remaining.groups) {
    const matches = matchGroup(group, question);
    if (isRelevant(matches)) matching.set(group, matches);
  }
  yield;
  const matchesOf = (groups: Iterable<G>) => [...groups].flatMap((group) => matching.get(group) ?? []);
  const groupsOf = new Map<string, readonly GroupMatches<G>[]>();
  for (const [id, groups] of remaining.groupsOf) groupsOf.set(id, matchesOf(groups));
  const memberships = { groupsOf, perhaps: matchesOf(remaining.unknown) };
  // Whether they have two-factor authentication is about using a right, not about having it.
  const found = yield* whoCan(remaining.others, question, memberships, false);
  return new Map(found.map(({ member, verdict }) => [member.id, verdict]));
}

/**
 * What a member is allowed, by themselves or by their groups, and who else has it: of each right first those that nobody else has,
 * then those of which that cannot be told. `question` is about everything.
 */
export function* lostRights<G extends PolicyHolder>(
  leaving: Member,
  theirs: readonly G[],
  question: Question,
  remaining: Remaining<G>,
): Steps<LostRight<G>[]> {
  const subject = {
    member: leaving,
    own: matchMember(leaving, question),
    groups: theirs.map((group) => matchGroup(group, question)),
    perhaps: [],
  };
  const found = new Map<string, ReadonlyMap<string, Verdict>>();
  const rights: LostRight<G>[] = [];
  for (const grant of grantsOf(subject, question)) {
    const { match } = grant;
    if ("policy" in match && match.policy.access !== "allow") continue;
    const asked = askedOf(grant, remaining);
    const answers: ReadonlyMap<string, Verdict>[] = [];
    for (const { permission, place } of asked) {
      const key = JSON.stringify([permission.id, place.key]);
      const known = found.get(key);
      if (!known && found.size === MOST_QUESTIONS) break;
      const answer = known ?? (yield* holdersOf(questionFor(permission, place, remaining), remaining));
      found.set(key, answer);
      answers.push(answer);
    }
    const known = asked.length > 0 && answers.length === asked.length;
    rights.push({ grant, ...sharedBy(known ? answers : [], remaining.others), known });
    yield;
  }
  return rights.toSorted((a, b) => rank(a) - rank(b));
}

/** 0 where nobody else has it, 1 where that cannot be told, 2 where somebody has it. */
function rank({ holders, perhaps, known }: LostRight<unknown>): number {
  if (!known) return 1;
  if (holders.length > 0) return 2;
  return perhaps.length > 0 ? 1 : 0;
}

function questionFor(permission: Permission, place: Resource, { accountId, directory }: Remaining<PolicyHolder>) {
  return new Question(accountId, permission, place, directory);
}

/** Those who have all of it, and those who may. */
function sharedBy(answers: readonly ReadonlyMap<string, Verdict>[], others: readonly Member[]) {
  const holders: Member[] = [];
  const perhaps: Member[] = [];
  for (const member of answers.length > 0 ? others : []) {
    const verdicts = answers.map((answer) => answer.get(member.id) ?? "notGranted");
    if (verdicts.every((verdict) => verdict === "allowed")) holders.push(member);
    else if (verdicts.every((verdict) => possible.has(verdict))) perhaps.push(member);
  }
  return { holders, perhaps };
}

const possible: ReadonlySet<Verdict> = new Set(["allowed", "unknown", "conditional"]);

/** A grant as what it is on each of its resources; nothing where these are not known. */
function askedOf<G extends PolicyHolder>({ match }: Grant<G>, remaining: Remaining<G>) {
  const { accountId, directory } = remaining;
  if ("role" in match) {
    if (match.coverage !== "account") return [];
    const place: Resource = { kind: "account", key: accountKeyOf(accountId) };
    return [{ permission: permissionOfView(match.role, remaining), place }];
  }
  const permission = directory.permission(match.permissionGroup.id);
  const places = new Places(accountId);
  const scopes = directory.scopes(match.resourceGroup) ?? [];
  return scopes.flatMap((scope) => places.of(scope)).map((place) => ({ permission, place }));
}

/** The permission group that policies name in the place of a role. */
function permissionOfView(role: Role, { others, groups, directory }: Remaining<PolicyHolder>): Permission {
  for (const holder of [...groups, ...others]) {
    for (const { permission_groups } of readable(holder)) {
      for (const record of permission_groups) {
        const permission = { ...permissionOf(record), ...directory.permission(record.id) };
        if (isViewOf(role, permission)) return permission;
      }
    }
  }
  return permissionOfRole(role);
}

function readable(holder: PolicyHolder) {
  try {
    return holder.policies.map(({ permission_groups }) => ({ permission_groups }));
  } catch {
    return [];
  }
}
