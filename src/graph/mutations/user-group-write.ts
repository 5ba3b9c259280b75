import { CloudflareError } from "../../cloudflare/error.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import type { ResourceGroup } from "../../cloudflare/resource-groups.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import { mayMakeSuperAdministrators } from "../access/super-administrators.ts";
import type { Context } from "../context.ts";
import { isAsWritten, revisionOf, unknownOf } from "../revision.ts";
import type { UserGroupNode } from "../user-group.ts";
import { isConfirmed, whereConfirmed } from "./confirmation.ts";
import { conflict, type Reference } from "./input.ts";
import type { Payload, Progress } from "./mutation.ts";
import type { Confirmation } from "./mutation-errors.ts";
import { MOST_READ_BACKS, readBack, send } from "./read-back.ts";
import { asRead, type WrittenPolicy } from "./written-policy.ts";

/** A group as it is sent: whole, because Cloudflare replaces all its policies. One without a name gets none. */
export interface WrittenGroup {
  name?: string;
  policies: WrittenPolicy[];
}

/** A change to a group. */
interface Change {
  group: Reference;
  /** The revision that the caller saw. */
  revision: string | undefined;
  /** The whole group as it shall be, where that does not depend on what it is. */
  complete?: WrittenGroup;
  /** The whole group as it shall be, made from what it is now. */
  from?: (current: UserGroup) => WrittenGroup;
  /** What the caller confirms, where policies may go; `undefined` where nothing is taken away. */
  takes?: { confirm: readonly Confirmation[] | null | undefined };
}

/** Calls that a change of a group makes at most: `reads` if what it is made of has to be read first. */
export function callsOf(reads: boolean, revision: string | null | undefined): number {
  return (reads || revision ? 2 : 1) + MOST_READ_BACKS;
}

/** IDs of writes that take turns. */
export function lockKey({ accountId, id }: Reference): string {
  return `${accountId}/${id}`;
}

/** The node of a group. */
export function groupNode({ accountId }: Reference, record: UserGroupNode["record"]): UserGroupNode {
  return { type: "UserGroup", accountId, record };
}

/** The current group, read again from Cloudflare. */
export async function readGroup({ accountId, id }: Reference, { loaders }: Context): Promise<UserGroup> {
  loaders.forget();
  return loaders.one(userGroups, { account_id: accountId }, id);
}

/**
 * Replaces a group, in turn with every other write to it from this process. There is no version upstream: with a
 * revision the group is read before and after, and without one Cloudflare's answer is compared with what was sent.
 */
export function writeGroup(change: Change, context: Context, progress: Progress): Promise<Payload<UserGroupNode>> {
  const { group, revision, complete, from, takes } = change;
  return context.lock.run(lockKey(group), async () => {
    const reads = from || revision || (takes && !isConfirmed(takes.confirm));
    const current = reads ? await readGroup(group, context) : undefined;
    if (current && revision && revisionOf(current) !== revision) {
      throw conflict("The group was changed since the revision you saw; nothing was sent.", {
        current: groupNode(group, current),
      });
    }
    const body = current && from ? from(current) : (complete as WrittenGroup);
    const write = () => replaceGroup(group, body, revision, context, progress);
    if (!takes) return write();
    const change = { group: { id: group.id, policies: body.policies.map(asRead) } };
    const taking = {
      accountId: group.accountId,
      confirm: takes.confirm,
      mayDemote: () => demotes(group, current, context),
    };
    return whereConfirmed({ ...taking, change }, context, write);
  });
}

/** Whether less of a group, or of its members, may concern a Super Administrator. Of a group that was not read it may. */
export async function demotes(
  { accountId }: Reference,
  current: UserGroup | undefined,
  context: Context,
): Promise<boolean> {
  return current === undefined || mayMakeSuperAdministrators(accountId, current, context);
}

/** Sends a whole group, and makes sure that it is there. */
async function replaceGroup(
  group: Reference,
  body: WrittenGroup,
  revision: string | undefined,
  context: Context,
  progress: Progress,
): Promise<Payload<UserGroupNode>> {
  const params = { account_id: group.accountId, user_group_id: group.id };
  const sent = await send(context, progress, userGroups.update, params, body).catch((error) => {
    throw namingUnknown(error, body);
  });
  const record = await readBack(sent, progress, {
    isAsSent: (now) => isAsWritten(now, body),
    read: () => readGroup(group, context),
    always: revision !== undefined,
    sent: body,
    node: (now) => groupNode(group, now),
    otherwise:
      "The group was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  context.loaders.prime(userGroups, { account_id: group.accountId }, record);
  return { node: groupNode(group, record), messages: sent.messages };
}

/** Adds to a rejection the fields that the caller did not write: they were sent again as they were read. */
function namingUnknown(error: unknown, { policies }: WrittenGroup): unknown {
  const names = [...new Set(policies.flatMap((policy) => Object.keys(unknownOf(policy))))].slice(0, 10);
  if (!(error instanceof CloudflareError) || error.kind !== "rejected" || names.length === 0) return error;
  const what = `fields that this gateway does not know, as they were read: ${names.map((name) => `\`${name.slice(0, 60)}\``).join(", ")}`;
  return new CloudflareError(error.route, `${error.message} (The policies were sent with ${what}.)`, error);
}

/** The group that was created, if it has been: names are unique in an account. */
async function findCreated(accountId: string, name: string, { loaders }: Context): Promise<UserGroup | undefined> {
  loaders.forget();
  const found = await loaders.list(userGroups.list, { account_id: accountId, name });
  return found.find((group) => group.name === name);
}

/** Creates a group. If Cloudflare's answer is incomplete, the group is read before success is reported. */
export async function createGroup(
  accountId: string,
  body: { name: string; policies?: WrittenPolicy[] },
  context: Context,
  progress: Progress,
): Promise<Payload<UserGroupNode>> {
  const sent = await send(context, progress, userGroups.create, { account_id: accountId }, body);
  const { id } = sent.result ?? {};
  const record = await readBack(sent, progress, {
    // A group created without policies may have got some since.
    isAsSent: (now) => isAsWritten(now, body),
    read: () => (id === undefined ? findCreated(accountId, body.name, context) : readGroup({ accountId, id }, context)),
    sent: body,
    node: (now) => groupNode({ accountId, id: now.id }, now),
    otherwise:
      "The group was created, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  context.loaders.prime(userGroups, { account_id: accountId }, record);
  return { node: groupNode({ accountId, id: record.id }, record), messages: sent.messages };
}

/** The group as it is, or with other policies, ready to be sent again. */
export function asWritten({ name, policies }: UserGroup, others?: WrittenPolicy[]): WrittenGroup {
  return { ...(name != null && { name }), policies: others ?? policies.map(policyAsWritten) };
}

/** Without its ID, which Cloudflare rejects, and with all unknown fields. */
export function policyAsWritten(policy: Policy): WrittenPolicy {
  const { access, permission_groups, resource_groups } = policy;
  return {
    ...unknownOf(policy),
    access: access as WrittenPolicy["access"],
    permission_groups: permission_groups.map(({ id }) => ({ id })),
    resource_groups: resource_groups.map(placeAsWritten),
  };
}

function placeAsWritten({ id, scope }: ResourceGroup): WrittenPolicy["resource_groups"][number] {
  if (id) return { id };
  const [only, ...more] = scope ?? [];
  if (only && more.length === 0) return { scope: only };
  throw conflict(
    "The group has a policy on resources that cannot be named again, and would lose it: write all its policies with `updateUserGroup`. Nothing was sent.",
  );
}
