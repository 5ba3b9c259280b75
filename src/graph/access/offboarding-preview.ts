import type { LostRight } from "../../access/remaining-holders.ts";
import { apiTokens } from "../../cloudflare/api-tokens.ts";
import { members } from "../../cloudflare/members.ts";
import { ssoConnectors } from "../../cloudflare/sso-connectors.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { ApiTokenRef } from "../api-token.ts";
import { builder } from "../builder.ts";
import { assumes, costs, evaluation } from "../cost.ts";
import { looksAhead, selects } from "../look-ahead.ts";
import { MemberNode, MemberRef } from "../member.ts";
import { type PolicyOwner, PolicyRef, policiesOf } from "../policy.ts";
import { RoleRef, rolesOf } from "../role.ts";
import { SsoConnectorRef } from "../sso-connector.ts";
import { UserGroupRef } from "../user-group.ts";
import type { EvaluatedGroup } from "./evidence.ts";
import { AccessGrantRef } from "./grant.ts";
import { type Offboarding, previewOffboarding } from "./offboarding.ts";
import { OffboardingLimitationRef, offboardingLimitations } from "./offboarding-limitation.ts";
import { UnreadRef } from "./unread.ts";

const LostRightRef = builder.objectRef<{ of: Offboarding; right: LostRight<EvaluatedGroup> }>("LostRight");
LostRightRef.implement({
  description: "A right that goes with a member, and who else has all of it.",
  fields: (t) => ({
    grant: t.field({
      type: AccessGrantRef,
      nullable: false,
      description: "The right, and what it comes from.",
      resolve: ({ of, right: { grant } }) => ({ member: ownerOf(of), grant }),
    }),
    lastHolder: t.boolean({
      description: "Whether nobody else has it; null where that cannot be told.",
      resolve: ({ of, right: { known, holders, perhaps } }) => {
        if (!known) return null;
        if (holders.length > 0) return false;
        return perhaps.length === 0 && !of.unread.some(({ kind }) => holderKinds.has(kind)) ? true : null;
      },
    }),
    otherHolders: t.field({
      type: [MemberRef],
      ...assumes(10),
      description:
        "Members who have it, too, by whatever policy: on all of its resources. Null where that could not be worked out.",
      resolve: ({ of, right: { known, holders } }) => (known ? nodesOf(of, holders) : null),
    }),
    possibleHolders: t.field({
      type: [MemberRef],
      ...assumes(1),
      description:
        "Members who may have it, and those who have not accepted their invitation. Null as `otherHolders` is.",
      resolve: ({ of, right: { known, perhaps } }) => (known ? nodesOf(of, perhaps) : null),
    }),
  }),
});

/** What could not be read, and may give somebody a right. */
const holderKinds = new Set([
  "member",
  "userGroup",
  "userGroups",
  "userGroupMembers",
  "resourceGroups",
  "permissionGroups",
]);

function ownerOf({ accountId, leaving }: Offboarding): PolicyOwner {
  return new MemberNode(accountId, leaving) as PolicyOwner;
}

function nodesOf({ accountId }: Offboarding, records: readonly MemberNode["record"][]): MemberNode[] {
  return records.map((record) => new MemberNode(accountId, record));
}

const unlessRead = "Null where they could not be read: see `unread`.";

const OffboardingPreviewRef = builder.objectRef<Offboarding>("OffboardingPreview");
OffboardingPreviewRef.implement({
  description: "What goes and what stays when a member leaves the account. Nothing is written.",
  fields: (t) => ({
    userGroups: t.field({
      type: [UserGroupRef],
      ...assumes(5),
      description: `User groups that the member is in. ${unlessRead}`,
      resolve: ({ groups }) => groups?.flatMap(({ node }) => node ?? []),
    }),
    policies: t.field({
      type: [PolicyRef],
      ...assumes(3),
      description: "The member's own policies, which go with the membership.",
      resolve: (preview) => policiesOf(ownerOf(preview)),
    }),
    roles: t.field({
      type: [RoleRef],
      ...assumes(2),
      description: "Legacy roles of the member, ordered by ID. They go with the membership.",
      resolve: ({ accountId, leaving }) => rolesOf(accountId, leaving.roles),
    }),
    rights: t.field({
      type: [LostRightRef],
      ...assumes(10),
      description:
        "What the member is allowed, by whatever it comes from, each once: first the rights that nobody else has, then those of which " +
        `that cannot be told. ${unlessRead}`,
      resolve: (of) => of.rights?.map((right) => ({ of, right })),
    }),
    remainingSuperAdministrators: t.field({
      type: [MemberRef],
      ...assumes(2),
      description:
        "Super Administrators of the account afterwards, without those who have not accepted their invitation. " +
        unlessRead,
      resolve: (preview) => preview.administrators && nodesOf(preview, preview.administrators),
    }),
    apiTokens: t.field({
      type: [ApiTokenRef],
      ...costs(
        evaluation("Costs 1 call per 50 tokens of the account, only if it is selected.", () => ({
          lists: [apiTokens.list],
        })),
        (calls) =>
          "API tokens of the account that the member has made, by their e-mail address at that time. They stay, and those that are active go on " +
          `working: see \`lastUsedAt\`. ${unlessRead} ${calls}`,
        { assumed: 3 },
      ),
      resolve: ({ accountId, tokens }) => tokens?.map((record) => ({ type: "ApiToken" as const, accountId, record })),
    }),
    ssoConnectors: t.field({
      type: [SsoConnectorRef],
      ...costs(
        evaluation("Costs 1 call, only if it is selected.", () => ({ lists: [ssoConnectors.list] })),
        (calls) => `SSO connectors of the member's e-mail domain. ${unlessRead} ${calls}`,
        { assumed: 1 },
      ),
      resolve: ({ accountId, connectors }) =>
        connectors?.map((record) => ({ type: "SsoConnector" as const, accountId, record })),
    }),
    limitations: t.field({
      type: [OffboardingLimitationRef],
      nullable: false,
      ...assumes(3),
      description: "What no preview can see, because no endpoint of an account shows it.",
      resolve: () => offboardingLimitations,
    }),
    complete: t.boolean({
      nullable: false,
      description: "Whether everything was read that the preview needed: `unread` is empty.",
      resolve: ({ unread }) => unread.length === 0,
    }),
    unread: t.field({
      type: [UnreadRef],
      nullable: false,
      ...assumes(3),
      description: "What the preview needed and could not be read, or was not selected. It never counts as “none”.",
      resolve: ({ unread }) => unread,
    }),
    readAt: t.field({
      type: "DateTime",
      nullable: false,
      description: "Time at which the oldest read behind the preview was sent.",
      resolve: ({ readAt }) => readAt,
    }),
  }),
});

builder.objectField(MemberRef, "offboarding", (t) =>
  t.field({
    type: OffboardingPreviewRef,
    nullable: true,
    ...costs(
      evaluation(
        "Costs 1 call per 50 members, 1 per 500 user groups and 1 per 500 members of each group; 1 for all resource groups, or 1 per 50 " +
          "permission groups, where a policy names one by ID alone. API tokens and SSO connectors are read only if they are selected.",
        () => ({ lists: [userGroups.list, members.list] }),
      ),
      (calls) =>
        "What goes and what stays when the member leaves the account: `offboardMember` does it. Nothing is written. " +
        calls,
      looksAhead,
    ),
    resolve: (member, _args, context, info) =>
      previewOffboarding(
        member,
        { apiTokens: selects(info, "apiTokens"), ssoConnectors: selects(info, "ssoConnectors") },
        context,
      ),
  }),
);
