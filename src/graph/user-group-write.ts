import type { Policy } from "../cloudflare/policies.ts";
import type { ResourceGroup } from "../cloudflare/resource-groups.ts";
import { type UserGroup, userGroups } from "../cloudflare/user-groups.ts";
import type { Context } from "./context.ts";
import { conflict, type Reference } from "./input.ts";
import type { Payload, Progress } from "./mutation.ts";
import type { WrittenPolicy } from "./policy-input.ts";
import { isAsWritten, revisionOf } from "./revision.ts";
import type { UserGroupNode } from "./user-group.ts";

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
}

/** Calls that a change of a group makes at most: `reads` if what it is made of has to be read first. */
export function callsOf(reads: boolean, revision: string | null | undefined): number {
  return (reads || revision ? 2 : 1) + MOST_READ_BACKS;
}

/** What is read again after a write: to see what is there with a revision, and where Cloudflare's answer is another. */
const MOST_READ_BACKS = 2;

/** The end of the sentence that tells it. */
export const unlessAsSent = "; up to 2 more where Cloudflare answers something else than was sent.";

/** Ids of writes that take turns. */
export function turn({ accountId, id }: Reference): string {
  return `${accountId}/${id}`;
}

/** The node of a group. */
export function groupNode({ accountId }: Reference, row: UserGroupNode["row"]): UserGroupNode {
  return { type: "UserGroup", accountId, row };
}

/** The group as Cloudflare has it now, whatever was read before. */
export async function readGroup({ accountId, id }: Reference, { loaders }: Context): Promise<UserGroup> {
  loaders.forget();
  return loaders.one(userGroups, { account_id: accountId }, id);
}

/**
 * Replaces a group, in turn with every other write to it from this process. There is no version upstream: with a
 * revision the group is read before and after, and without one Cloudflare's answer is compared with what was sent.
 */
export function writeGroup(change: Change, context: Context, progress: Progress): Promise<Payload<UserGroupNode>> {
  const { group, revision, complete, from } = change;
  return context.sequence.run(turn(group), async () => {
    const current = from || revision ? await readGroup(group, context) : undefined;
    if (current && revision && revisionOf(current) !== revision) {
      throw conflict("The group was changed since the revision you saw; nothing was sent.", {
        current: groupNode(group, current),
      });
    }
    const body = current && from ? from(current) : (complete as WrittenGroup);
    const params = { account_id: group.accountId, user_group_id: group.id };
    const { result, messages } = await context.loaders.send(userGroups.update, params, body);
    progress.written();

    let row = result;
    for (let reads = 0; reads < MOST_READ_BACKS; reads++) {
      if (isAsWritten(row, body) && (reads > 0 || !revision)) break;
      row = await readGroup(group, context);
    }
    if (!isAsWritten(row, body)) {
      throw conflict(
        "The group was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
        {
          written: true,
          sent: body,
          current: groupNode(group, row),
        },
      );
    }
    context.loaders.prime(userGroups, { account_id: group.accountId }, row);
    return { node: groupNode(group, row), messages };
  });
}

/** The group as it is, or with other policies, ready to be sent again. */
export function asWritten({ name, policies }: UserGroup, others?: WrittenPolicy[]): WrittenGroup {
  return { ...(name != null && { name }), policies: others ?? policies.map(policyAsWritten) };
}

/** Without its id, which Cloudflare refuses. */
function policyAsWritten({ access, permission_groups, resource_groups }: Policy): WrittenPolicy {
  return {
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
