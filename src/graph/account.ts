import { type Account, accounts } from "../cloudflare/accounts.ts";
import { filter, type Given, idOf } from "./argument.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum, readDate, SortDirectionEnum } from "./cloudflare-enum.ts";
import { connect } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fullRecord, page, reference } from "./cost.ts";
import { globalId, registerNodeLoader } from "./node.ts";

/** An account, known by its id alone until a field beyond it is asked for. */
export interface AccountNode {
  type: "Account";
  id: string;
  row?: Account;
}

async function read({ id, row }: AccountNode, { loaders }: Context): Promise<Account> {
  return row ?? loaders.one(accounts, {}, id);
}

const own = fullRecord(accounts, "Costs 1 call, shared by all fields of the account itself.");

const AccountTypeEnum = cloudflareEnum("AccountType", "What kind of contract the account has with Cloudflare.", {
  standard: "Self-serve: no contract.",
  enterprise: "Enterprise contract. User groups and resource groups are Enterprise features.",
});

const AccountSettingsRef = builder.objectRef<NonNullable<Account["settings"]>>("AccountSettings");
AccountSettingsRef.implement({
  description: "Settings of an account that bear on who may enter it.",
  fields: (t) => ({
    abuseContactEmail: t.string({
      description: "Where Cloudflare sends abuse reports; null when none is set.",
      resolve: (settings) => settings.abuse_contact_email,
    }),
    enforceTwoFactor: t.boolean({
      description:
        "Whether every member must have two-factor authentication switched on; Cloudflare's `enforce_twofactor`.",
      resolve: (settings) => settings.enforce_twofactor,
    }),
  }),
});

const AccountManagerRef = builder.objectRef<NonNullable<Account["managed_by"]>>("AccountManager");
AccountManagerRef.implement({
  description: "The organization that an account belongs to.",
  fields: (t) => ({
    parentOrgId: t.string({
      description: "Cloudflare's id of the organization.",
      resolve: (manager) => manager.parent_org_id,
    }),
    parentOrgName: t.string({
      description: "Name of the organization.",
      resolve: (manager) => manager.parent_org_name,
    }),
  }),
});

/** The account: root of everything else. The other nouns add their connections and look-ups to it. */
export const AccountRef = builder.objectRef<AccountNode>("Account");
AccountRef.implement({
  description:
    "An account: the organisation that owns zones, members, user groups, resource groups and SSO connectors. " +
    "Its id costs nothing; its own fields (name, type, settings …) cost 1 call together, and an unknown account is an " +
    "error (`NOT_FOUND`) at the first field that needs it.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global id: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ id }) => globalId("Account", id),
    }),
    cloudflareId: t.exposeString("id", {
      nullable: false,
      description: "Cloudflare's own id: 32 letters and digits, as `account(id:)` takes it.",
    }),
    name: t.string({
      ...costs(own, (calls) => `Name of the account. ${calls}`),
      resolve: async (account, _args, context) => (await read(account, context)).name,
    }),
    type: t.field({
      type: AccountTypeEnum.type,
      ...costs(own, (calls) => `Kind of contract. ${calls}`),
      resolve: async (account, _args, context) => AccountTypeEnum.read((await read(account, context)).type),
    }),
    settings: t.field({
      type: AccountSettingsRef,
      ...costs(own, (calls) => `Security settings. ${calls}`),
      resolve: async (account, _args, context) => (await read(account, context)).settings,
    }),
    managedBy: t.field({
      type: AccountManagerRef,
      ...costs(own, (calls) => `The organization it belongs to; null for an account of its own. ${calls}`),
      resolve: async (account, _args, context) => (await read(account, context)).managed_by,
    }),
    createdAt: t.field({
      type: "DateTime",
      ...costs(own, (calls) => `When it was created; Cloudflare's \`created_on\`. ${calls}`),
      resolve: async (account, _args, context) => readDate((await read(account, context)).created_on),
    }),
  }),
});

registerNodeLoader(
  "Account",
  1,
  ([id = ""]) => ({ of: "Account", accountId: id, id }),
  ([id = ""]) => ({ type: "Account", id }),
);

const AccountConnection = builder.connectionObject(
  { type: AccountRef, name: "AccountConnection", description: "A page of accounts." },
  { description: "An account and its place in the list." },
);

function sent({ name, direction }: Given<{ name: string; direction: "asc" | "desc" }>) {
  return { name: filter(name, "name"), direction: direction ?? undefined };
}

builder.queryFields((t) => ({
  account: t.field({
    type: AccountRef,
    nullable: true,
    ...costs(
      reference("Account", idOf),
      (nothing) =>
        `One account by Cloudflare's id. ${nothing}, and is null only with an error, for an id that cannot be one: whether ` +
        "the account exists shows at the first field that needs Cloudflare (`NOT_FOUND`).",
    ),
    args: {
      id: t.arg.string({
        required: true,
        description: 'Cloudflare\'s id: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
      }),
    },
    resolve: (_root, args) => ({ type: "Account" as const, id: idOf(args) }),
  }),
  accounts: t.connection(
    {
      type: AccountRef,
      nullable: true,
      ...costs(
        page(accounts.list, "Account", "accounts", { sent }),
        (calls) => `Accounts that the credential may see. ${calls}`,
      ),
      args: {
        name: t.arg.string({ description: 'Only accounts of this name, as Cloudflare matches it: `"Acme"`.' }),
        direction: t.arg({
          type: SortDirectionEnum,
          description: "Order, as Cloudflare sorts accounts: `ASC` or `DESC`.",
        }),
      },
      resolve: (_root, args, { loaders }) =>
        connect(loaders, accounts.list, sent(args), args, (row) => ({ type: "Account" as const, id: row.id, row })),
    },
    AccountConnection,
  ),
}));
