import { type Role, roles } from "../cloudflare/members.ts";
import { AccountRef } from "./account.ts";
import { builder } from "./builder.ts";
import { connect } from "./connection.ts";
import { assumes, costs, page } from "./cost.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { inOrder } from "./order.ts";

const RoleGrantRef = builder.objectRef<{ area: string; read: boolean; write: boolean }>("RoleGrant");
RoleGrantRef.implement({
  description: "Permission of a legacy role in one area.",
  fields: (t) => ({
    area: t.exposeString("area", { nullable: false, description: "The area: `dns_records`, `billing` …" }),
    read: t.exposeBoolean("read", { nullable: false, description: "Whether it may read." }),
    write: t.exposeBoolean("write", { nullable: false, description: "Whether it may write." }),
  }),
});

/** A legacy role, as one account has it. */
export interface RoleNode {
  type: "Role";
  accountId: string;
  record: Role;
}

/** Legacy roles of an account, ordered by ID. */
export function rolesOf(accountId: string, records: readonly Role[]): RoleNode[] {
  return inOrder(records, ({ id }) => id).map((record) => ({ type: "Role", accountId, record }));
}

/** A legacy role. */
export const RoleRef = builder.objectRef<RoleNode>("Role");
RoleRef.implement({
  description: "A legacy role. Policies replace roles; Cloudflare shows each also as the other.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description:
        "Global ID: opaque, stable, accepted by `node` and `nodes`, which give null for a role that the account does not list, such as " +
        "one that stands for a policy.",
      resolve: ({ accountId, record }) => globalId("Role", accountId, record.id),
    }),
    cloudflareId: t.string({
      nullable: false,
      description: "Cloudflare's ID of the role, which is not the ID of the matching permission group.",
      resolve: ({ record }) => record.id,
    }),
    name: t.string({ description: "Name: “Administrator”.", resolve: ({ record }) => record.name }),
    description: t.string({
      description: "Description by Cloudflare.",
      resolve: ({ record }) => record.description,
    }),
    grants: t.field({
      type: [RoleGrantRef],
      nullable: false,
      ...assumes(10),
      description: "Permissions of the role, by area.",
      resolve: ({ record: { permissions } }) =>
        Object.entries(permissions ?? {})
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([area, grant]) => ({ area, read: grant.read ?? false, write: grant.write ?? grant.edit ?? false })),
    }),
  }),
});

registerNodeLoader("Role", 2, nodeCost("Role", roles), async ([accountId = "", id = ""], context) => {
  const record = await find(context, roles, accountId, id);
  return record && { type: "Role", accountId, record };
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
      resolve: ({ id: accountId }, args, { loaders }) =>
        connect(
          loaders,
          roles.list,
          { account_id: accountId },
          args,
          (record): RoleNode => ({
            type: "Role",
            accountId,
            record,
          }),
        ),
    },
    RoleConnection,
  ),
);
