import type { Memberships } from "../../access/who-can.ts";
import { isPathId } from "../../cloudflare/endpoint.ts";
import { type CloudflareError, isNotFound, UnreadableRecord } from "../../cloudflare/error.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import type { Context } from "../context.ts";
import type { EvaluatedGroup, Matches } from "./evidence.ts";
import { type Unread, unread } from "./unread.ts";

/**
 * Whether a member is in a user group: 1 call, or the group's list once that is cheaper (`loaders.one`). A 404 that speaks of the
 * group, and not of a member in it, is a failure: a group that was created a moment ago is not found for a while [S].
 */
export async function isMemberOf(
  accountId: string,
  groupId: string,
  memberId: string,
  { loaders }: Context,
): Promise<boolean> {
  try {
    await loaders.one(userGroups.members, { account_id: accountId, user_group_id: groupId }, memberId);
    return true;
  } catch (error) {
    if (isNotFound(error) && !isAboutGroup(error)) return false;
    throw error;
  }
}

/** “User group … not found”, and not “Member … not found in user group …” [S]. */
function isAboutGroup({ errors }: CloudflareError): boolean {
  return errors.some(({ message }) => /\bUser group\b/.test(message));
}

/** Of so many groups those that a member is in, and those of which it could not be told. */
export interface MemberOf {
  groups: Matches[];
  perhaps: Matches[];
  unread: Unread[];
}

/** Looks a member up in groups, all at once. */
export async function membershipsOf(
  accountId: string,
  memberId: string,
  matching: readonly Matches[],
  context: Context,
): Promise<MemberOf> {
  const found: MemberOf = { groups: [], perhaps: [], unread: [] };
  const answers = await Promise.all(
    matching.map(async (each) => {
      // What is wrong with a group that is known to be unreadable was noted when it was read.
      if (!isPathId(each.group.id)) return undefined;
      return isMemberOf(accountId, each.group.id, memberId, context).catch((error: unknown) =>
        noteOf(each.group, error),
      );
    }),
  );
  for (const [i, each] of matching.entries()) {
    const answer = answers[i];
    if (answer === true) found.groups.push(each);
    else if (answer !== false) found.perhaps.push(each);
    if (typeof answer === "object") found.unread.push(answer);
  }
  return found;
}

function noteOf({ id, name }: EvaluatedGroup, error: unknown): Unread {
  return unread("userGroupMembers", name ?? id, error);
}

/** The members of groups, all at once: 1 call per 500 members of each. */
export async function membersOf(
  accountId: string,
  matching: readonly Matches[],
  { loaders }: Context,
): Promise<Memberships<EvaluatedGroup> & { ids: ReadonlySet<string>; unread: Unread[] }> {
  const groupsOf = new Map<string, Matches[]>();
  const perhaps: Matches[] = [];
  const notes: Unread[] = [];
  const read = async (each: Matches) => {
    const { id, name } = each.group;
    if (!isPathId(id)) return void perhaps.push(each);
    try {
      const group = { account_id: accountId, user_group_id: id };
      const { records, shifted } = await loaders.window(userGroups.members.list, group, 0, Infinity);
      const nameless = records.find((record) => record instanceof UnreadableRecord && !record.id);
      if (nameless || shifted) {
        perhaps.push(each);
        const reason = "The list of its members changed while it was read.";
        notes.push(nameless ? noteOf(each.group, nameless) : { kind: "userGroupMembers", what: name ?? id, reason });
      }
      for (const record of records) {
        if (!record.id) continue;
        const groups = groupsOf.get(record.id);
        if (groups) groups.push(each);
        else groupsOf.set(record.id, [each]);
      }
    } catch (error) {
      perhaps.push(each);
      notes.push(noteOf(each.group, error));
    }
  };
  await Promise.all(matching.map(read));
  return { groupsOf, perhaps, ids: new Set(groupsOf.keys()), unread: notes };
}
