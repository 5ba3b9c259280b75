import type { Body } from "../../cloudflare/endpoint.ts";
import { type InvitedMember, type Member, members } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { isOfAccount } from "../access/super-administrators.ts";
import type { Context } from "../context.ts";
import { MemberNode } from "../member.ts";
import { areAsWritten, isSamePolicy, memberRevision } from "../revision.ts";
import { conflict, type Reference } from "./input.ts";
import type { Payload, Progress } from "./mutation.ts";
import { confirmGone, readBack, send } from "./read-back.ts";
import { asRead, type WrittenPolicy } from "./written-policy.ts";

/** What a member may do, in one of two ways: Cloudflare shows each as the other. */
export type Grants = { policies: WrittenPolicy[]; roles?: undefined } | { roles: string[]; policies?: undefined };

function params({ accountId, id }: Reference) {
  return { account_id: accountId, member_id: id };
}

/** The current member, read again from Cloudflare. */
export async function readMember({ accountId, id }: Reference, { loaders }: Context): Promise<Member> {
  loaders.forget();
  return loaders.one(members, { account_id: accountId }, id);
}

/** Whether a record holds what was sent; an answer without roles says nothing of them. */
function isAsSent({ policies, roles }: InvitedMember, sent: Grants, before: readonly Policy[] = []): boolean {
  if (sent.policies) {
    // Whatever is written gets new IDs: what kept its own is a user group's, if Cloudflare shows these on members.
    const kept = new Set(before.map(({ id }) => id));
    const own = policies.filter(({ id }) => id == null || !kept.has(id));
    return areAsWritten(policies, sent.policies) || areAsWritten(own, sent.policies);
  }
  if (!roles) return true;
  const now = new Set(roles.map(({ id }) => id));
  return now.size === sent.roles.length && sent.roles.every((id) => now.has(id));
}

/** Invites somebody, or adds them at once. */
export async function invite(
  accountId: string,
  email: string,
  grants: Grants,
  status: "pending" | "accepted",
  context: Context,
  progress: Progress,
): Promise<Payload<MemberNode>> {
  const body: Body<typeof members.create> = { email, status, ...grants } as Body<typeof members.create>;
  const sent = await send(context, progress, members.create, { account_id: accountId }, body);
  const { id } = sent.result ?? {};
  const record = await readBack<InvitedMember>(sent, progress, {
    isAsSent: (now) => now.status === status && isAsSent(now, grants),
    // Nothing finds one member by the e-mail address, which is all that is known without an answer.
    read: async () => (id === undefined ? undefined : readMember({ accountId, id }, context)),
    sent: body,
    node: (now) => new MemberNode(accountId, now),
    otherwise:
      "The member was invited, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  return { node: new MemberNode(accountId, record), messages: sent.messages };
}

/** Refuses to write a member that has changed since it was seen. */
export function mustBeSeen({ accountId }: Reference, current: Member, revision: string | undefined): void {
  if (!revision || memberRevision(current) === revision) return;
  throw conflict("The member was changed since the revision you saw; nothing was sent.", {
    current: new MemberNode(accountId, current),
  });
}

/** What a member has after such a write, as far as it is known before: Cloudflare then shows each as the other. */
export function grantedBy({ policies, roles }: Grants): Pick<Member, "policies" | "roles"> {
  return { policies: policies ? policies.map(asRead) : [], roles: roles ? roles.map((id) => ({ id })) : [] };
}

/** Whether such a write denies something. */
export function denies({ policies = [] }: Grants): boolean {
  return policies.some(({ access }) => access === "deny");
}

/** Whether a member has anything now that such a write does not give again, word for word, or that it may deny. */
export function losesBy(accountId: string, current: Member, grants: Grants): boolean {
  if (grants.roles) {
    // A role is shown as a policy of the whole account: any other one is lost with a write of roles.
    const areOfRoles = current.policies.every((policy) =>
      policy.resource_groups.every((group) => isOfAccount(accountId, group)),
    );
    return !areOfRoles || !current.roles.every(({ id }) => grants.roles.includes(id));
  }
  // Some roles are shown as no policy.
  if (current.policies.length === 0 && current.roles.length > 0) return true;
  const { policies } = grantedBy(grants);
  if (policies.some((each) => each.access === "deny" && !current.policies.some((policy) => isSamePolicy(each, policy))))
    return true;
  return !current.policies.every((policy) => policies.some((each) => isSamePolicy(each, policy)));
}

/**
 * Replaces what a member may do. The member is read before in any case: a change that does not carry the present status is lost
 * under an answer that says success [S].
 */
export async function writeMember(
  member: Reference,
  current: Member,
  grants: Grants,
  revision: string | undefined,
  context: Context,
  progress: Progress,
): Promise<Payload<MemberNode>> {
  const node = (record: Member) => new MemberNode(member.accountId, record);
  const { status } = current;
  if (status !== "accepted" && status !== "pending") {
    throw conflict("The member's status is none that can be written, and a change must carry it. Nothing was sent.", {
      current: node(current),
    });
  }
  const body: Body<typeof members.update> = grants.policies
    ? { policies: grants.policies, status }
    : { roles: grants.roles.map((id) => ({ id })), status };
  const sent = await send(context, progress, members.update, params(member), body);
  const record = await readBack<Member>(sent, progress, {
    isAsSent: (now) => isAsSent(now, grants, current.policies),
    read: () => readMember(member, context),
    always: revision !== undefined,
    sent: body,
    node,
    otherwise:
      "The member was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else, as it does " +
      "when the status has changed meanwhile.",
  });
  context.loaders.prime(members, { account_id: member.accountId }, record);
  return { node: node(record), messages: sent.messages };
}

/** Takes somebody out of the account. */
export async function removeMember(member: Reference, context: Context, progress: Progress) {
  const sent = await send(context, progress, members.remove, params(member));
  await confirmGone(sent, progress, () => readMember(member, context));
  return sent;
}
