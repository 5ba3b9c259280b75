import { type UserGroup, userGroups } from "../cloudflare/user-groups.ts";
import { onZone, zoneAsked } from "./access/groups-of-zone.ts";
import { placeReads } from "./access/place.ts";
import { AccountRef } from "./account.ts";
import { filter, type Given, idOf, rawId } from "./argument.ts";
import { builder } from "./builder.ts";
import { SortDirectionEnum } from "./cloudflare-enum.ts";
import { connect, connectFound } from "./connection.ts";
import { costs, lookUp, page } from "./cost.ts";
import { findUserGroup, UserGroupRef } from "./user-group.ts";

/** One of them in a page, or in the payload of what has made it. */
export const UserGroupEdgeRef = builder.edgeObject({
  type: UserGroupRef,
  name: "UserGroupEdge",
  description: "A user group and its position in the list.",
});

/** A page of user groups. */
export const UserGroupConnection = builder.connectionObject(
  { type: UserGroupRef, name: "UserGroupConnection", description: "A page of user groups." },
  UserGroupEdgeRef,
);

type Filters = Given<{ id: string; name: string; search: string; direction: "asc" | "desc" }>;

function sent({ id, name, search, direction }: Filters) {
  return {
    id: id == null ? undefined : rawId(id, "id"),
    name: filter(name, "name"),
    fuzzyName: search || undefined,
    direction: direction ?? undefined,
  };
}

/** Filters that Cloudflare does not know. */
function kept({ zoneId }: Given<{ zoneId: string }>) {
  return { zoneId: zoneId == null ? undefined : rawId(zoneId, "zoneId") };
}

function also({ zoneId }: Given<{ zoneId: string }>) {
  return zoneId == null ? {} : placeReads(zoneAsked(zoneId));
}

builder.objectFields(AccountRef, (t) => ({
  userGroup: t.field({
    type: UserGroupRef,
    nullable: true,
    ...costs(
      lookUp("UserGroup", userGroups, idOf),
      (calls) => `One user group by Cloudflare's ID, or null if it does not exist. ${calls}`,
    ),
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s ID: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.' }),
    },
    resolve: (account, args, context) => findUserGroup(context, account.id, idOf(args)),
  }),
  userGroups: t.connection(
    {
      type: UserGroupRef,
      nullable: true,
      ...costs(
        page(userGroups.list, "UserGroup", "groups", { sent, kept, also }),
        (calls) =>
          "User groups of the account with their policies, by name in Cloudflare's order; a page with the whole list is always in " +
          `that order. ${calls}`,
      ),
      args: {
        id: t.arg.string({
          description: 'Only the group of this Cloudflare ID: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
        }),
        name: t.arg.string({ description: 'Only the group of this name, as Cloudflare matches it: `"Platform"`.' }),
        search: t.arg.string({ description: 'Only groups whose name contains this text: `"ops"`.' }),
        direction: t.arg({ type: SortDirectionEnum, description: "Order by name: `ASC` (the default) or `DESC`." }),
        zoneId: t.arg.string({
          description:
            "Only groups with a policy that allows something on this zone, by its Cloudflare ID: " +
            '`"23f8d65290b24279ba6f44721b3eaad5"`. Policies on the whole account and on all zones are among them, whatever they allow. ' +
            "Filtered by the gateway: costs all groups, 1 call per 500, and 1 for the zone, whatever `first` is.",
        }),
      },
      resolve: ({ id: accountId }, args, context) => {
        const { loaders } = context;
        const params = { account_id: accountId, ...sent(args) };
        const node = (record: UserGroup) => ({ type: "UserGroup" as const, accountId, record });
        const { zoneId } = kept(args);
        if (zoneId !== undefined) {
          return connectFound(loaders, userGroups.list, params, onZone(accountId, zoneId, context), args, node);
        }
        const sortedBy = { text: ({ name }: UserGroup) => name, direction: args.direction ?? undefined };
        return connect(loaders, userGroups.list, params, args, node, sortedBy);
      },
    },
    UserGroupConnection,
  ),
}));
