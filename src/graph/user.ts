import { type InvitedMember, type Member, members } from "../cloudflare/members.ts";
import { builder } from "./builder.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";

/** The user of a membership. */
export interface UserNode {
  type: "User";
  accountId: string;
  memberId: string;
  record: NonNullable<Member["user"]>;
}

/** The user of a member; `null` where there is none yet. */
export function userOf(accountId: string, { id: memberId, user }: Member | InvitedMember): UserNode | null {
  return user ? { type: "User", accountId, memberId, record: user } : null;
}

export const UserRef = builder.objectRef<UserNode>("User");
UserRef.implement({
  description: "The user of a membership. A pending invitation may have no user yet.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description:
        "Global ID: opaque, stable, accepted by `node` and `nodes`. It is made from the membership, because Cloudflare has no look-up of " +
        "users: in another account the same user has another one.",
      resolve: ({ accountId, memberId }) => globalId("User", accountId, memberId),
    }),
    cloudflareId: t.string({ description: "Cloudflare's ID of the user.", resolve: ({ record }) => record.id }),
    email: t.string({ description: "E-mail address of the login.", resolve: ({ record }) => record.email }),
    firstName: t.string({
      description: "First name; null until the invitation is accepted.",
      resolve: ({ record }) => record.first_name,
    }),
    lastName: t.string({
      description: "Last name; null until the invitation is accepted.",
      resolve: ({ record }) => record.last_name,
    }),
    twoFactorAuthenticationEnabled: t.boolean({
      description: "Whether the user has two-factor authentication enabled.",
      resolve: ({ record }) => record.two_factor_authentication_enabled,
    }),
  }),
});

registerNodeLoader("User", 2, nodeCost("Member", members), async ([accountId = "", memberId = ""], context) => {
  const record = await find(context, members, accountId, memberId);
  return record && userOf(accountId, record);
});
