import type { Params } from "../cloudflare/endpoint.ts";
import { type UserGroup, type UserGroupMember, userGroups } from "../cloudflare/user-groups.ts";
import type { Given } from "./argument.ts";
import { builder } from "./builder.ts";
import { readDate, SortDirectionEnum } from "./cloudflare-enum.ts";
import { connect, listName, resolvePageRange } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fullList, fullRecord, page } from "./cost.ts";
import { looksAhead, selects } from "./look-ahead.ts";
import { MemberNode, MemberRef } from "./member.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { PolicyRef, policiesOf } from "./policy.ts";
import { membersRevision, revisionOf } from "./revision.ts";

/** A user group of one account, known by its ID alone after a write that answers nothing else. */
export interface UserGroupNode {
  type: "UserGroup";
  accountId: string;
  record: UserGroup | { id: string };
}

/** Whether more than its ID is at hand. */
function isWhole(group: UserGroupNode): group is UserGroupNode & { record: UserGroup } {
  return "policies" in group.record;
}

/** Something of the whole group: at once where the group is at hand. */
function of<T>(
  { accountId, record }: UserGroupNode,
  { loaders }: Context,
  read: (record: UserGroup) => T,
): T | Promise<T> {
  return "policies" in record ? read(record) : loaders.one(userGroups, { account_id: accountId }, record.id).then(read);
}

const UserGroupMemberConnection = builder.connectionObject(
  {
    type: MemberRef,
    name: "UserGroupMemberConnection",
    description: "A page of a user group's members.",
    fields: (t) => ({
      revision: t.string({
        nullable: true,
        ...costs(
          fullList(userGroups.members.list, "members"),
          (calls) =>
            "Opaque version token of the full member list (like an ETag), independent of page and filter. Send it as `expectedRevision` of " +
            `\`replaceUserGroupMembers\`. ${calls}`,
        ),
        resolve: async (page, _args, { loaders }) =>
          membersRevision(await loaders.list(userGroups.members.list, (page as unknown as OfGroup).everybody)),
      }),
    }),
  },
  { description: "A member and its position in the group's list." },
);

function membersSent({ search, direction }: Given<{ search: string; direction: "asc" | "desc" }>) {
  return { fuzzyEmail: search || undefined, direction: direction ?? undefined };
}

/** The list that a page of members belongs to: all members of the group. */
interface OfGroup {
  everybody: Params<typeof userGroups.members.list>;
}

/** The whole group is at hand wherever a query comes to it; the payloads that have to read it say so. */
const own = fullRecord(userGroups);

/** People who share policies. */
export const UserGroupRef = builder.objectRef<UserGroupNode>("UserGroup");
UserGroupRef.implement({
  description:
    "Members of an account who share policies. A member of the group has the rights of its policies in addition to the member's " +
    "own. Groups managed by a directory through SCIM look like any other.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ accountId, record }) => globalId("UserGroup", accountId, record.id),
    }),
    cloudflareId: t.string({
      nullable: false,
      description: "Cloudflare's own ID.",
      resolve: ({ record }) => record.id,
    }),
    name: t.string({
      ...costs(own, () => "Name, unique in the account."),
      resolve: (group, _args, context) => of(group, context, ({ name }) => name),
    }),
    createdAt: t.field({
      type: "DateTime",
      ...costs(own, () => "Time of creation; Cloudflare's `created_on`."),
      resolve: (group, _args, context) => of(group, context, (record) => readDate(record.created_on)),
    }),
    updatedAt: t.field({
      type: "DateTime",
      ...costs(own, () => "Time of the last change of the name or the policies; Cloudflare's `modified_on`."),
      resolve: (group, _args, context) => of(group, context, (record) => readDate(record.modified_on)),
    }),
    policies: t.field({
      type: [PolicyRef],
      ...costs(
        own,
        () =>
          "Policies of the group, in a stable order (access, permission groups, scopes). Costs nothing: policies come with the group.",
        { assumed: 3 },
      ),
      // Promised, although at hand: so the calls for the members of all groups leave before policies are worked through.
      resolve: async (group, _args, context) =>
        isWhole(group) ? policiesOf(group) : of(group, context, (record) => policiesOf({ ...group, record })),
    }),
    revision: t.string({
      ...costs(
        own,
        () =>
          "Opaque version token (like an ETag). Changes with the name, the content of the policies, and `updatedAt`; not with the " +
          "order or IDs of the policies, nor with the members. A write with it as `expectedRevision` is rejected if the group has " +
          "changed. Costs nothing.",
      ),
      resolve: (group, _args, context) => of(group, context, revisionOf),
    }),
    members: t.connection(
      {
        type: MemberRef,
        nullable: true,
        ...costs(
          page(userGroups.members.list, "Member", "members of each group", { sent: membersSent, stubs: true }),
          (calls) =>
            "Members of the group, by e-mail address in Cloudflare's order; a page with the whole list is always in that order. " +
            `${calls} The calls for many groups are made in parallel. ` +
            "Fields other than `id`, `email` and `status` cost further calls.",
          looksAhead,
        ),
        args: {
          search: t.arg.string({
            description: 'Only members whose e-mail address contains this text: `"@example.com"`.',
          }),
          direction: t.arg({
            type: SortDirectionEnum,
            description: "Order by e-mail address: `ASC` (the default) or `DESC`.",
          }),
        },
        resolve: async ({ accountId, record }, args, { loaders }, info) => {
          const { list } = userGroups.members;
          const group = { account_id: accountId, user_group_id: record.id };
          const node = (member: UserGroupMember) => new MemberNode(accountId, member);
          const sent = { ...group, ...membersSent(args) };
          const everybody = sent.fuzzyEmail === undefined ? sent : group;
          if (everybody === sent && selects(info, "revision")) {
            // Invalid arguments cost nothing.
            resolvePageRange(() => listName(list, sent), args);
            // The revision needs all members: the page is then taken from that list. If that fails, the page is read alone.
            await loaders.list(list, everybody).catch(() => {});
          }
          const sortedBy = { text: ({ email }: UserGroupMember) => email, direction: sent.direction };
          return Object.assign(await connect(loaders, list, sent, args, node, sortedBy), { everybody });
        },
      },
      UserGroupMemberConnection,
    ),
  }),
});

/** One of them in an account, or `null`. */
export async function findUserGroup(context: Context, accountId: string, id: string) {
  const record = await find(context, userGroups, accountId, id);
  return record && { type: "UserGroup" as const, accountId, record };
}

registerNodeLoader("UserGroup", 2, nodeCost("UserGroup", userGroups), ([accountId = "", id = ""], context) =>
  findUserGroup(context, accountId, id),
);
