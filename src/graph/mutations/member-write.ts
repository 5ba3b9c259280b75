import type { Body } from "../../cloudflare/endpoint.ts";
import { type InvitedMember, type Member, members } from "../../cloudflare/members.ts";
import type { Context } from "../context.ts";
import { MemberNode } from "../member.ts";
import { areAsWritten, memberRevision } from "../revision.ts";
import { conflict, type Reference } from "./input.ts";
import type { Payload, Progress } from "./mutation.ts";
import { confirmGone, readBack, send } from "./read-back.ts";
import type { WrittenPolicy } from "./written-policy.ts";

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

/** Whether a row holds what was sent; an answer without roles says nothing of them. */
function isAsSent({ policies, roles }: InvitedMember, sent: Grants): boolean {
  if (sent.policies) return areAsWritten(policies, sent.policies);
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
  const row = await readBack<InvitedMember>(sent, progress, {
    isAsSent: (now) => now.status === status && isAsSent(now, grants),
    // Nothing finds one member by the e-mail address, which is all that is known without an answer.
    read: async () => (id === undefined ? undefined : readMember({ accountId, id }, context)),
    sent: body,
    node: (now) => new MemberNode(accountId, now),
    otherwise:
      "The member was invited, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  return { node: new MemberNode(accountId, row), messages: sent.messages };
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
  const node = (row: Member) => new MemberNode(member.accountId, row);
  if (revision && memberRevision(current) !== revision) {
    throw conflict("The member was changed since the revision you saw; nothing was sent.", { current: node(current) });
  }
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
  const row = await readBack<Member>(sent, progress, {
    isAsSent: (now) => isAsSent(now, grants),
    read: () => readMember(member, context),
    always: revision !== undefined,
    sent: body,
    node,
    otherwise:
      "The member was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else, as it does " +
      "when the status has changed meanwhile.",
  });
  context.loaders.prime(members, { account_id: member.accountId }, row);
  return { node: node(row), messages: sent.messages };
}

/** Takes somebody out of the account. */
export async function removeMember(member: Reference, context: Context, progress: Progress) {
  const sent = await send(context, progress, members.remove, params(member));
  await confirmGone(sent, progress, () => readMember(member, context));
  return sent;
}
