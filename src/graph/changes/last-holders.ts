import type { Permission } from "../../access/permission.ts";
import { Question } from "../../access/question.ts";
import { MOST_QUESTIONS } from "../../access/remaining-holders.ts";
import { accountKeyOf, idIn, type Resource, resourceOf } from "../../access/resource.ts";
import { isViewOf, permissionOfRole } from "../../access/role-match.ts";
import { matchGroup, matchMember } from "../../access/subject.ts";
import type { Steps } from "../../access/who-can.ts";
import type { Member } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import type { EvaluatedGroup } from "../access/evidence.ts";
import { type Unread, unread } from "../access/unread.ts";
import { inTurns } from "../in-turns.ts";
import type { AccessChanges } from "./access-changes.ts";
import type { Account } from "./account-at.ts";
import type { ChangeWarning, Warnings } from "./change-warning.ts";
import type { Simulation } from "./simulation.ts";

/** A permission on a zone, or on the account, that somebody loses. */
interface Loss {
  permission: Permission;
  resource: Resource;
}

/** What is lost, each once, however many members lose it. */
function lossesOf(accountId: string, { changes, before, after }: AccessChanges): Loss[] {
  const losses = new Map<string, Loss>();
  const seen = new Set<string>();
  for (const { change } of changes) {
    const { match } = change.grant;
    if (change.kind !== "lost" || match.effect !== "allow" || seen.has(change.key)) continue;
    seen.add(change.key);
    if (!("policy" in match)) {
      const { permissions } = before.question.directory;
      const permission = [...permissions].find((each) => isViewOf(match.role, each)) ?? permissionOfRole(match.role);
      const resource = resourceOf(accountKeyOf(accountId), accountId);
      if (match.coverage === "account") losses.set(`${permission.id} ${resource.key}`, { permission, resource });
      continue;
    }
    const { id } = match.permissionGroup;
    for (const { key, objects } of before.question.directory.scopes(match.resourceGroup) ?? []) {
      for (const object of objects) {
        const resource = resourceOf(object.key === "*" ? key : object.key, accountId);
        if (!["account", "allZones", "zone"].includes(resource.kind)) continue;
        const permission = { ...before.question.directory.permission(id), ...after.question.directory.permission(id) };
        losses.set(`${id} ${resource.key}`, { permission, resource });
      }
    }
  }
  return [...losses.values()];
}

/** Everybody who may hold a permission afterwards: whoever's policies name it, and members with a legacy role. */
interface Candidates {
  members: Member[];
  groups: EvaluatedGroup[];
}

function* candidatesOf(ids: ReadonlySet<string>, { members, groups }: Account): Steps<Map<string, Candidates>> {
  const found = new Map(Array.from(ids, (id) => [id, { members: [], groups: [] } as Candidates]));
  for (const member of members.values()) {
    if (member.status !== "accepted") continue;
    const named = namedBy(member);
    for (const [id, { members }] of found) if (member.roles.length > 0 || named.has(id)) members.push(member);
    yield;
  }
  for (const group of groups) {
    for (const id of namedBy(group)) found.get(id)?.groups.push(group);
    yield;
  }
  return found;
}

function namedBy(holder: { policies: readonly Policy[] }): Set<string> {
  try {
    return new Set(holder.policies.flatMap(({ permission_groups }) => permission_groups.map(({ id }) => id)));
  } catch {
    return new Set();
  }
}

/** Permissions that nobody would hold any more. User groups are read one by one, until somebody is found. */
export async function lastHolders({ accountId, after: context }: Simulation, access: AccessChanges): Promise<Warnings> {
  const { after } = access;
  const losses = lossesOf(accountId, access);
  if (losses.length === 0) return { warnings: [], unread: [] };
  const ids = new Set(losses.map(({ permission }) => permission.id));
  const candidates = await inTurns(candidatesOf(ids, after), context.slice);
  const notes = new Map<string, Unread>();
  const manned = new Map<string, Promise<boolean>>();

  /** Whether somebody who has accepted the invitation certainly is in a group. */
  const isManned = async ({ id, name }: EvaluatedGroup): Promise<boolean> => {
    try {
      const params = { account_id: accountId, user_group_id: id };
      const { records } = await context.loaders.window(userGroups.members.list, params, 0, Infinity);
      return records.some(({ id }) => id && after.members.get(id)?.status === "accepted");
    } catch (error) {
      notes.set(id, unread("userGroupMembers", name ?? id, error));
      return false;
    }
  };
  const isHeld = async ({ permission, resource }: Loss): Promise<boolean> => {
    const question = new Question(accountId, permission, resource, after.question.directory);
    const { members = [], groups = [] } = candidates.get(permission.id) ?? {};
    const grants = ({ effect, implied }: { effect: string; implied: boolean }) => effect === "allow" && !implied;
    for (const member of members) {
      const { matches, roles } = matchMember(member, question);
      if (matches.some(grants) || roles.some(grants)) return true;
    }
    for (const group of groups) {
      if (!matchGroup(group, question).matches.some(grants)) continue;
      const found = manned.get(group.id) ?? isManned(group);
      manned.set(group.id, found);
      if (await found) return true;
    }
    return false;
  };

  const warnings: ChangeWarning[] = [];
  for (const loss of losses.slice(0, MOST_QUESTIONS)) {
    if (context.slice.over) await context.slice.turn();
    if (!(await isHeld(loss))) warnings.push({ code: "LAST_HOLDER", change: null, message: sentence(loss) });
  }
  return { warnings, unread: [...notes.values(), ...(losses.length > MOST_QUESTIONS ? [tooMany] : [])] };
}

const tooMany: Unread = {
  kind: "rights",
  what: null,
  reason: `Who else holds them was worked out for ${MOST_QUESTIONS} pairs of a permission and a resource: more are lost.`,
};

function sentence({ permission: { id, name, label }, resource }: Loss): string {
  const places: Partial<Record<Resource["kind"], string>> = { account: "the account", allZones: "all zones" };
  const place = places[resource.kind] ?? `zone ${idIn(resource)}`;
  return `Nobody would be left who certainly holds ${name ?? label ?? id} on ${place}.`;
}
