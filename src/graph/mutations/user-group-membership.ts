import { isNotFound } from "../../cloudflare/error.ts";
import { type UserGroupMember, userGroups } from "../../cloudflare/user-groups.ts";
import type { Context } from "../context.ts";
import { isConfirmed, isOwn } from "./confirmation.ts";
import { conflict, type Reference } from "./input.ts";
import type { Progress } from "./mutation.ts";
import type { Confirmation } from "./mutation-errors.ts";
import { confirmGone, orElse, send } from "./read-back.ts";
import { demotes, groupNode, lockKey, readGroup } from "./user-group-write.ts";

/** What is taken from those who leave a group. One that grants nothing takes nothing from them. */
export async function takingFrom(
  group: Reference,
  confirm: readonly Confirmation[] | null | undefined,
  leaves: (memberId: string) => boolean,
  context: Context,
) {
  const current = isConfirmed(confirm) ? undefined : await readGroup(group, context);
  return {
    accountId: group.accountId,
    confirm,
    grants: current !== undefined && current.policies.length > 0,
    mayDemote: () => demotes(group, current, context),
    change: { group: { id: group.id, leaves } },
  };
}

/** Whether somebody with this address is in the group, and not among those who stay: 1 call. `null` where that cannot be told. */
export async function leavesByAddress(
  group: Reference,
  own: string,
  stay: ReadonlySet<string>,
  { loaders }: Context,
): Promise<boolean | null> {
  const found = await loaders.list(userGroups.members.list, { ...params(group), fuzzyEmail: own });
  const leaving = found.filter(({ id }) => !stay.has(id)).map((each) => isOwn(each, own));
  return leaving.includes(true) || (leaving.includes(null) ? null : false);
}

/** Adds members to a group: those whom Cloudflare's answer does not show are looked up. */
export function addTo(group: Reference, ids: string[], context: Context, progress: Progress) {
  const body = ids.map((id) => ({ id }));
  return context.lock.run(lockKey(group), async () => {
    const sent = await send(context, progress, userGroups.members.add, params(group), body);
    const { result = [], failure } = sent;
    const shown = new Set(result.map(({ id }) => id));
    const missing = ids.filter((id) => !shown.has(id));
    for (const id of missing) {
      if (await orElse(failure, () => isMember(group, id, context))) continue;
      if (failure && !failure.done) throw failure;
      throw conflict(
        "The members were added, and some of them are not there: Cloudflare left them out, or somebody removed them.",
        { written: true, sent: body, current: groupNode(group, { id: group.id }) },
      );
    }
    progress.written();
    return sent;
  });
}

/** Takes one member out of a group. */
export async function removeFrom(group: Reference, id: string, context: Context, progress: Progress) {
  const sent = await send(context, progress, userGroups.members.remove, { ...params(group), member_id: id });
  await confirmGone(sent, progress, () => readMember(group, id, context));
  return sent;
}

/** The place of a group in the path. */
export function params({ accountId, id }: Reference) {
  return { account_id: accountId, user_group_id: id };
}

/** One member of the group as Cloudflare has it now. No loader reads these: the account's members are no reliable witness. */
export async function readMember(group: Reference, id: string, { loaders }: Context) {
  loaders.forget();
  return (await loaders.send(userGroups.members.get, { ...params(group), member_id: id })).result;
}

/** Whether somebody is in the group, asked of Cloudflare. */
export async function isMember(group: Reference, id: string, context: Context): Promise<boolean> {
  try {
    await readMember(group, id, context);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** The members of the group as Cloudflare has them now. */
export async function readMembers(group: Reference, { loaders }: Context): Promise<UserGroupMember[]> {
  loaders.forget();
  return loaders.list(userGroups.members.list, params(group));
}
