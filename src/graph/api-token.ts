import { scopesOfToken } from "../access/token-match.ts";
import { type ApiToken, apiTokens, type TokenPolicy } from "../cloudflare/api-tokens.ts";
import { AccountRef } from "./account.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum, readDate } from "./cloudflare-enum.ts";
import { connect } from "./connection.ts";
import { assumes, costs, page } from "./cost.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { inOrder } from "./order.ts";
import { AccessEnum } from "./policy.ts";
import { ScopeNode, ScopeRef } from "./scope.ts";

/** An API token of one account. */
export interface ApiTokenNode {
  type: "ApiToken";
  accountId: string;
  record: ApiToken;
}

interface TokenPolicyNode {
  accountId: string;
  record: TokenPolicy;
}

const ApiTokenStatusEnum = cloudflareEnum("ApiTokenStatus", "Status of an API token.", {
  active: "It can be used.",
  disabled: "It cannot be used until it is enabled again.",
  expired: "Its time is over. The list of tokens leaves it out.",
});

const TokenPermissionGroupRef = builder.objectRef<TokenPolicy["permission_groups"][number]>("ApiTokenPermissionGroup");
TokenPermissionGroupRef.implement({
  description:
    "A permission group of the catalogue of API tokens: another one than that of members and user groups, with other IDs and names.",
  fields: (t) => ({
    cloudflareId: t.exposeString("id", { nullable: false, description: "Cloudflare's own ID." }),
    name: t.string({ description: "Display name: “DNS Write”.", resolve: ({ name }) => name }),
    scope: t.string({
      description: "Resource type on which it can be granted: `com.cloudflare.api.account.zone`.",
      resolve: ({ meta }) => meta?.scopes,
    }),
  }),
});

/** A policy of a token. */
export const TokenPolicyRef = builder.objectRef<TokenPolicyNode>("ApiTokenPolicy");
TokenPolicyRef.implement({
  description: "Allows or denies an API token permissions on resources.",
  fields: (t) => ({
    cloudflareId: t.string({ description: "Cloudflare's own ID.", resolve: ({ record }) => record.id }),
    access: t.field({
      type: AccessEnum.type,
      description: "Whether the policy allows or denies; Cloudflare's `effect`.",
      resolve: ({ record }) => AccessEnum.read(record.effect),
    }),
    permissionGroups: t.field({
      type: [TokenPermissionGroupRef],
      nullable: false,
      ...assumes(3),
      description: "Permission groups of the policy, ordered by Cloudflare's ID.",
      resolve: ({ record }) => inOrder(record.permission_groups, ({ id }) => id),
    }),
    resources: t.field({
      type: [ScopeRef],
      nullable: false,
      ...assumes(2),
      description: "Resources of the policy, ordered by key.",
      resolve: ({ accountId, record }) =>
        inOrder(
          scopesOfToken(record).map((scope) => new ScopeNode(accountId, scope)),
          ({ key }) => key,
        ),
    }),
  }),
});

/** A token that belongs to the account and not to a user. */
export const ApiTokenRef = builder.objectRef<ApiTokenNode>("ApiToken");
ApiTokenRef.implement({
  description:
    "An API token that the account owns. It outlives whoever made it. Read only, and never with its value. Reading it needs the " +
    "permission “Account API Tokens Read”.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ accountId, record }) => globalId("ApiToken", accountId, record.id),
    }),
    cloudflareId: t.string({
      nullable: false,
      description: "Cloudflare's own ID.",
      resolve: ({ record }) => record.id,
    }),
    name: t.string({ description: "Name of the token.", resolve: ({ record }) => record.name }),
    status: t.field({
      type: ApiTokenStatusEnum.type,
      description: "Status of the token.",
      resolve: ({ record }) => ApiTokenStatusEnum.read(record.status),
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "Time of creation; Cloudflare's `issued_on`.",
      resolve: ({ record }) => readDate(record.issued_on),
    }),
    updatedAt: t.field({
      type: "DateTime",
      description: "Time of the last change; Cloudflare's `modified_on`.",
      resolve: ({ record }) => readDate(record.modified_on),
    }),
    lastUsedAt: t.field({
      type: "DateTime",
      description: "Time of the last use; null if it was never used. Cloudflare's `last_used_on`.",
      resolve: ({ record }) => readDate(record.last_used_on),
    }),
    notBefore: t.field({
      type: "DateTime",
      description: "Time from which on it can be used; null for no such time.",
      resolve: ({ record }) => readDate(record.not_before),
    }),
    expiresAt: t.field({
      type: "DateTime",
      description: "Time at which it expires; null if it does not. Cloudflare's `expires_on`.",
      resolve: ({ record }) => readDate(record.expires_on),
    }),
    creatorEmail: t.string({
      description: "E-mail address of whoever made it, at that time; null where Cloudflare does not tell.",
      resolve: ({ record }) => record.creator_email_at_creation,
    }),
    allowedAddresses: t.stringList({
      description: "Networks from which alone it can be used, such as `203.0.113.0/24`; null for any.",
      resolve: ({ record }) => filled(record.condition?.request_ip?.in),
    }),
    deniedAddresses: t.stringList({
      description: "Networks from which it cannot be used; null for none.",
      resolve: ({ record }) => filled(record.condition?.request_ip?.not_in),
    }),
    policies: t.field({
      type: [TokenPolicyRef],
      ...assumes(2),
      description: "Policies of the token, ordered by Cloudflare's ID. Costs nothing: they come with the token.",
      resolve: ({ accountId, record }) =>
        inOrder(record.policies, ({ id }) => id ?? "").map((policy) => ({ accountId, record: policy })),
    }),
  }),
});

function filled(list: string[] | undefined): string[] | null {
  return list && list.length > 0 ? list : null;
}

registerNodeLoader("ApiToken", 2, nodeCost("ApiToken", apiTokens), async ([accountId = "", id = ""], context) => {
  const record = await find(context, apiTokens, accountId, id);
  return record && { type: "ApiToken", accountId, record };
});

const ApiTokenConnection = builder.connectionObject(
  { type: ApiTokenRef, name: "ApiTokenConnection", description: "A page of API tokens." },
  { description: "An API token and its position in the list." },
);

builder.objectField(AccountRef, "apiTokens", (t) =>
  t.connection(
    {
      type: ApiTokenRef,
      nullable: true,
      ...costs(
        page(apiTokens.list, "ApiToken", "tokens"),
        (calls) =>
          "API tokens that the account owns, in Cloudflare's order, without expired ones. A credential that may see only the tokens " +
          `that it has made gets these, and Cloudflare does not tell. ${calls}`,
      ),
      resolve: ({ id: accountId }, args, { loaders }) =>
        connect(loaders, apiTokens.list, { account_id: accountId }, args, (record) => ({
          type: "ApiToken" as const,
          accountId,
          record,
        })),
    },
    ApiTokenConnection,
  ),
);
