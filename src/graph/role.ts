import { type Role, roles } from "../cloudflare/members.ts";
import { AccountRef } from "./account.ts";
import { builder } from "./builder.ts";
import { connect } from "./connection.ts";
import { assumes, costs, page } from "./cost.ts";

const RoleGrantRef = builder.objectRef<{ area: string; read: boolean; write: boolean }>("RoleGrant");
RoleGrantRef.implement({
  description: "Permission of a legacy role in one area.",
  fields: (t) => ({
    area: t.exposeString("area", { nullable: false, description: "The area: `dns_records`, `billing` …" }),
    read: t.exposeBoolean("read", { nullable: false, description: "Whether it may read." }),
    write: t.exposeBoolean("write", { nullable: false, description: "Whether it may write." }),
  }),
});

/** A legacy role. */
export const RoleRef = builder.objectRef<Role>("Role");
RoleRef.implement({
  description: "A legacy role. Policies replace roles; Cloudflare shows each also as the other.",
  fields: (t) => ({
    cloudflareId: t.exposeString("id", {
      nullable: false,
      description: "Cloudflare's ID of the role, which is not the ID of the matching permission group.",
    }),
    name: t.string({ description: "Name: “Administrator”.", resolve: ({ name }) => name }),
    description: t.string({
      description: "Description by Cloudflare.",
      resolve: ({ description }) => description,
    }),
    grants: t.field({
      type: [RoleGrantRef],
      nullable: false,
      ...assumes(10),
      description: "Permissions of the role, by area.",
      resolve: ({ permissions }) =>
        Object.entries(permissions ?? {})
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([area, grant]) => ({ area, read: grant.read ?? false, write: grant.write ?? grant.edit ?? false })),
    }),
  }),
});

const RoleConnection = builder.connectionObject(
  { type: RoleRef, name: "RoleConnection", description: "A page of legacy roles." },
  { description: "A legacy role and its position in the list." },
);

builder.objectField(AccountRef, "roles", (t) =>
  t.connection(
    {
      type: RoleRef,
      nullable: true,
      ...costs(
        page(roles.list, "Role", "roles"),
        (calls) =>
          "Legacy roles that members can have. Cloudflare has deprecated roles and this list in favour of permission groups: " +
          `\`permissionGroups\`. ${calls}`,
      ),
      resolve: ({ id }, args, { loaders }) =>
        connect(loaders, roles.list, { account_id: id }, args, (record) => record),
    },
    RoleConnection,
  ),
);
