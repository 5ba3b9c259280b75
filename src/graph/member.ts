import { type InvitedMember, type Member, members } from "../cloudflare/members.ts";
import type { UserGroupMember } from "../cloudflare/user-groups.ts";
import { AccountRef } from "./account.ts";
import { type Given, idOf } from "./argument.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum, SortDirectionEnum } from "./cloudflare-enum.ts";
import { connect, connectFound, includesText } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fallbackLookup, lookUp, page, fullRecord as wholeRecord } from "./cost.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { NEEDS_RESOLVER, plainProperty } from "./plain-property.ts";
import { type PolicyNode, type PolicyOwner, PolicyRef, policiesOf } from "./policy.ts";
import { memberRevision } from "./revision.ts";
import { RoleRef, rolesOf } from "./role.ts";
import { UserRef, userOf } from "./user.ts";

/** What is known of a member: all, all but the roles after an invitation, or what a user group's list shows. */
type MemberRecord = Member | InvitedMember | UserGroupMember;

/** A member, whole or as a user group's list shows it: with ID, and perhaps e-mail address and status. */
export class MemberNode {
  readonly type = "Member";
  readonly accountId: string;
  readonly record: MemberRecord;
  /** Their policies in order, once they were asked for. */
  ordered?: PolicyNode[];

  constructor(accountId: string, record: MemberRecord) {
    this.accountId = accountId;
    this.record = record;
  }

  get id(): string {
    return globalId("Member", this.accountId, this.record.id);
  }

  get cloudflareId(): string {
    return this.record.id;
  }

  get email(): string | Error {
    return this.record.email || NEEDS_RESOLVER;
  }

  get status(): string | Error {
    const { status } = this.record;
    return status && MemberStatusEnum.knows(status) ? status : NEEDS_RESOLVER;
  }
}

/** The whole member, from the account's members if only a part of it is at hand. */
export async function wholeMember({ accountId, record }: MemberNode, { loaders }: Context): Promise<Member> {
  return isWholeMember(record) ? record : loaders.one(members, { account_id: accountId }, record.id);
}

/** Whether a record has all fields of a member. */
export function isWholeMember(record: MemberRecord): record is Member {
  return "roles" in record && record.roles != null;
}

/** The member but perhaps for the roles, which the answer to an invitation leaves out. */
async function shownMember(member: MemberNode, context: Context): Promise<Member | InvitedMember> {
  return "policies" in member.record ? member.record : wholeMember(member, context);
}

const MemberStatusEnum = cloudflareEnum("MemberStatus", "Status of a membership.", {
  accepted: "The invitation was accepted.",
  pending: "Invited, not answered yet.",
  rejected: "Declined. Only as a filter: Cloudflare does not show it on a member.",
});

const MemberSortFieldEnum = builder.enumType("MemberSortField", {
  description: "Sort field of the account's members.",
  values: {
    FIRST_NAME: { value: "user.first_name", description: "By first name." },
    LAST_NAME: { value: "user.last_name", description: "By last name." },
    EMAIL: { value: "user.email", description: "By e-mail address." },
    STATUS: { value: "status", description: "By status." },
  } as const,
});

const own = wholeRecord(
  members,
  `For the members of user groups, costs at most 2 × min(⌈account members / ${members.list.perPage.max}⌉, requested members) ` +
    "calls in total.",
);

const unlessLeftOut = fallbackLookup("Costs nothing, unless a user group's list leaves it out.");

/** A membership of an account. */
export const MemberRef = builder.objectRef<MemberNode>("Member");
MemberRef.implement({
  description:
    "Membership of a user in an account. A member's rights are the union of the member's own policies and those of all " +
    "the member's user groups; only the former are shown here.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", {
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
    }),
    cloudflareId: t.exposeString("cloudflareId", {
      nullable: false,
      description: "Cloudflare's ID of the membership, not of the user.",
    }),
    email: t.string({
      ...costs(unlessLeftOut, (calls) => `E-mail address. ${calls}`, plainProperty.extensions),
      resolve: (member, _args, context) => {
        if (member.record.email) return member.record.email;
        return wholeMember(member, context).then(({ email, user }) => email ?? user?.email);
      },
    }),
    status: t.field({
      ...costs(unlessLeftOut, (calls) => `Status of the membership. ${calls}`, plainProperty.extensions),
      type: MemberStatusEnum.type,
      resolve: (member, _args, context) => {
        if (member.record.status) return MemberStatusEnum.read(member.record.status);
        return wholeMember(member, context).then(({ status }) => MemberStatusEnum.read(status));
      },
    }),
    user: t.field({
      type: UserRef,
      ...costs(own, (calls) => `The user: names, two-factor authentication. ${calls}`),
      resolve: async (member, _args, context) => userOf(member.accountId, await shownMember(member, context)),
    }),
    roles: t.field({
      type: [RoleRef],
      ...costs(own, (calls) => `Legacy roles, ordered by ID. ${calls}`, { assumed: 2 }),
      resolve: async (member, _args, context) => rolesOf(member.accountId, (await wholeMember(member, context)).roles),
    }),
    policies: t.field({
      type: [PolicyRef],
      ...costs(own, (calls) => `The member's own policies, not those of user groups. ${calls}`, {
        assumed: 3,
      }),
      resolve: async (member, _args, context) => {
        const record = await shownMember(member, context);
        return policiesOf(
          (record === member.record ? member : new MemberNode(member.accountId, record)) as PolicyOwner,
        );
      },
    }),
    revision: t.string({
      ...costs(
        own,
        (calls) =>
          "Status, roles and own policies as one word, for `expectedRevision` of the mutations. User groups do not count: they have " +
          `revisions of their own. ${calls}`,
      ),
      resolve: async (member, _args, context) => memberRevision(await wholeMember(member, context)),
    }),
  }),
});

/** One of them in an account, or `null`. */
export async function findMember(context: Context, accountId: string, id: string) {
  const record = await find(context, members, accountId, id);
  return record && new MemberNode(accountId, record);
}

registerNodeLoader("Member", 2, nodeCost("Member", members), ([accountId = "", id = ""], context) =>
  findMember(context, accountId, id),
);

/** One of them in a page, or in the payload of what has made it. */
export const MemberEdgeRef = builder.edgeObject({
  type: MemberRef,
  name: "MemberEdge",
  description: "A member and its position in the list.",
});

const MemberConnection = builder.connectionObject(
  { type: MemberRef, name: "MemberConnection", description: "A page of members." },
  MemberEdgeRef,
);

type Filters = Given<{ status: string; orderBy: typeof MemberSortFieldEnum.$inferType; direction: "asc" | "desc" }>;

function sent({ status, orderBy, direction }: Filters) {
  const known = (status ?? undefined) as "accepted" | undefined;
  return { status: known, order: orderBy ?? undefined, direction: direction ?? undefined };
}

/** A filter that Cloudflare does not know. */
const kept = ({ search }: Given<{ search: string }>) => ({ search: search || undefined });

/** Whether one of the texts by which people look for a member has another in it. */
function isNamed({ email, user }: Member, search: string): boolean {
  const name = `${user?.first_name ?? ""} ${user?.last_name ?? ""}`;
  return [email, user?.email, name].some((text) => includesText(text, search));
}

builder.objectFields(AccountRef, (t) => ({
  member: t.field({
    type: MemberRef,
    nullable: true,
    ...costs(
      lookUp("Member", members, idOf),
      (calls) => `One member by Cloudflare's ID of the membership, or null if it does not exist. ${calls}`,
    ),
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s ID: `"4536bcfad5faccb111b47003c79917fa"`.' }),
    },
    resolve: (account, args, context) => findMember(context, account.id, idOf(args)),
  }),
  members: t.connection(
    {
      type: MemberRef,
      nullable: true,
      ...costs(
        page(members.list, "Member", "members", { sent, kept }),
        (calls) => `Members of the account, with user, roles and policies. ${calls}`,
      ),
      args: {
        status: t.arg({ type: MemberStatusEnum.type, description: "Only members of this status: `PENDING`." }),
        orderBy: t.arg({
          type: MemberSortFieldEnum,
          description: "Sort field: `LAST_NAME`. Cloudflare's own order if omitted.",
        }),
        direction: t.arg({ type: SortDirectionEnum, description: "Order: `ASC` or `DESC`." }),
        search: t.arg.string({
          description:
            'Only members whose e-mail address or name contains this text: `"almeida"`. Filtered by the gateway, because Cloudflare ' +
            "cannot: costs all members, 1 call per 50, whatever `first` is.",
        }),
      },
      resolve: ({ id: accountId }, args, { loaders }) => {
        const params = { account_id: accountId, ...sent(args) };
        const node = (record: Member) => new MemberNode(accountId, record);
        const { search } = kept(args);
        if (search === undefined) return connect(loaders, members.list, params, args, node);
        const find = (records: Member[]) => records.filter((record) => isNamed(record, search));
        return connectFound(loaders, members.list, params, { kept: { search }, find }, args, node);
      },
    },
    MemberConnection,
  ),
}));
