import { type Account, accounts } from "../cloudflare/accounts.ts";
import { filter, type Given, idOf } from "./argument.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum, readDate, SortDirectionEnum } from "./cloudflare-enum.ts";
import { connect, connectRecords } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fullRecord, page, reference } from "./cost.ts";
import { globalId, registerNodeLoader } from "./node.ts";
import { compare } from "./order.ts";

/** An account, known by its ID alone until a field beyond it is asked for. */
export interface AccountNode {
  type: "Account";
  id: string;
  record?: Account;
}

/** The account with all its fields. */
export async function wholeAccount({ id, record }: AccountNode, { loaders }: Context): Promise<Account> {
  return record ?? loaders.one(accounts, {}, id);
}

const own = fullRecord(accounts, "Costs 1 call, shared by all fields of the account itself.");

const AccountTypeEnum = cloudflareEnum("AccountType", "Account plan type.", {
  standard: "Self-serve, without a contract.",
  enterprise: "Enterprise contract. User groups and resource groups are Enterprise features.",
});

const AccountSettingsRef = builder.objectRef<NonNullable<Account["settings"]>>("AccountSettings");
AccountSettingsRef.implement({
  description: "Security settings of an account.",
  fields: (t) => ({
    abuseContactEmail: t.string({
      description: "E-mail address for abuse reports; null if none is set.",
      resolve: (settings) => settings.abuse_contact_email,
    }),
    enforceTwoFactor: t.boolean({
      description: "Whether two-factor authentication is mandatory for every member; Cloudflare's `enforce_twofactor`.",
      resolve: (settings) => settings.enforce_twofactor,
    }),
  }),
});

const AccountManagerRef = builder.objectRef<NonNullable<Account["managed_by"]>>("AccountManager");
AccountManagerRef.implement({
  description: "The organization that manages an account.",
  fields: (t) => ({
    parentOrgId: t.string({
      description: "Cloudflare's ID of the organization.",
      resolve: (manager) => manager.parent_org_id,
    }),
    parentOrgName: t.string({
      description: "Name of the organization.",
      resolve: (manager) => manager.parent_org_name,
    }),
  }),
});

/** The account: root of everything else. The other resources add their connections and look-ups to it. */
export const AccountRef = builder.objectRef<AccountNode>("Account");
AccountRef.implement({
  description:
    "A Cloudflare account: owns zones, members, user groups, resource groups and SSO connectors. Its ID costs nothing; its own " +
    "fields (name, type, settings …) cost 1 call together. An unknown account is an error (`NOT_FOUND`) at the first field that " +
    "needs Cloudflare.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ id }) => globalId("Account", id),
    }),
    cloudflareId: t.exposeString("id", {
      nullable: false,
      description: "Cloudflare's own ID: 32 letters and digits, as `account(id:)` takes it.",
    }),
    name: t.string({
      ...costs(own, (calls) => `Name of the account. ${calls}`),
      resolve: async (account, _args, context) => (await wholeAccount(account, context)).name,
    }),
    type: t.field({
      type: AccountTypeEnum.type,
      ...costs(own, (calls) => `Account plan type. ${calls}`),
      resolve: async (account, _args, context) => AccountTypeEnum.read((await wholeAccount(account, context)).type),
    }),
    settings: t.field({
      type: AccountSettingsRef,
      ...costs(own, (calls) => `Security settings. ${calls}`),
      resolve: async (account, _args, context) => (await wholeAccount(account, context)).settings,
    }),
    managedBy: t.field({
      type: AccountManagerRef,
      ...costs(own, (calls) => `The organization that manages the account; null if there is none. ${calls}`),
      resolve: async (account, _args, context) => (await wholeAccount(account, context)).managed_by,
    }),
    createdAt: t.field({
      type: "DateTime",
      ...costs(own, (calls) => `Time of creation; Cloudflare's \`created_on\`. ${calls}`),
      resolve: async (account, _args, context) => readDate((await wholeAccount(account, context)).created_on),
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
  { description: "An account and its position in the list." },
);

type AccountsArgs = Given<{ name: string; direction: "asc" | "desc" }>;

function sent({ name, direction }: AccountsArgs) {
  return { name: filter(name, "name"), direction: direction ?? undefined };
}

/** An account that a caller has a right to, or why it cannot be read. */
type NamedAccount = { id: string; record: Account } | { id: string; error: Error };

/** Accounts of a caller with rights to some only: each is read by its ID, and filtered and sorted as Cloudflare does. */
async function readNamed(ids: readonly string[], args: AccountsArgs, { loaders }: Context): Promise<NamedAccount[]> {
  const read = await Promise.all(
    ids.map((id) =>
      loaders.one(accounts, {}, id).then(
        (record): NamedAccount => ({ id, record }),
        (error): NamedAccount => ({ id, error }),
      ),
    ),
  );
  const { name, direction } = sent(args);
  // One that cannot be read may have any name.
  const kept = read.filter((each) => name === undefined || "error" in each || each.record.name === name);
  const sign = direction === "desc" ? -1 : 1;
  return kept.sort((a, b) => sign * byName(a, b));
}

/** Those without a name come last in ascending order. */
function byName(a: NamedAccount, b: NamedAccount): number {
  const [left, right] = [a, b].map((each) => ("record" in each ? (each.record.name ?? "") : "\uffff"));
  return compare(left ?? "", right ?? "") || compare(a.id, b.id);
}

builder.queryFields((t) => ({
  account: t.field({
    type: AccountRef,
    nullable: true,
    ...costs(
      reference("Account", idOf),
      (nothing) =>
        `One account by Cloudflare's ID. ${nothing}: an unknown account is an error (\`NOT_FOUND\`) at the first field that needs ` +
        "Cloudflare. Null, with an error, for a malformed ID.",
    ),
    args: {
      id: t.arg.string({
        required: true,
        description: 'Cloudflare\'s ID: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
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
        (calls) =>
          `Accounts that the credential may see. ${calls} In service mode: those to which the caller has a right, 1 call for ` +
          "each unless they have a right to all; `totalCount` counts only these.",
      ),
      args: {
        name: t.arg.string({ description: 'Only accounts of this name, as Cloudflare matches it: `"Acme"`.' }),
        direction: t.arg({
          type: SortDirectionEnum,
          description: "Order, as Cloudflare sorts accounts: `ASC` or `DESC`.",
        }),
      },
      resolve: (_root, args, context) => {
        const node = (record: Account): AccountNode => ({ type: "Account", id: record.id, record });
        const { loaders, accounts: ids } = context;
        if (ids === "*") return connect(loaders, accounts.list, sent(args), args, node);
        const named = (each: NamedAccount) => ("record" in each ? node(each.record) : (each.error as never));
        const list = ["accounts", ...ids, sent(args)];
        return connectRecords(() => readNamed(ids, args, context), list, args, named) as never;
      },
    },
    AccountConnection,
  ),
}));
