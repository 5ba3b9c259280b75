import type { Grant, Source } from "../../access/grant.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { builder } from "../builder.ts";
import { assumes } from "../cost.ts";
import type { Node } from "../node.ts";
import { PermissionGroupNode, PermissionGroupRef } from "../permission-group.ts";
import { AccessEnum, PolicyNode, type PolicyOwner, PolicyRef } from "../policy.ts";
import { ResourceGroupNode, ResourceGroupRef } from "../resource-group.ts";
import { type RoleNode, RoleRef } from "../role.ts";
import { type UserGroupNode, UserGroupRef } from "../user-group.ts";
import type { EvaluatedGroup } from "./evidence.ts";

/** A grant to one member of an account. */
export interface GrantNode {
  /** The member, as the owner of their own policies. */
  member: PolicyOwner;
  grant: Grant<EvaluatedGroup>;
}

type SourceNode =
  | { type: "DirectPolicy"; policy: PolicyNode }
  | { type: "GroupMembership"; userGroup: UserGroupNode; policy: PolicyNode }
  | { type: "LegacyRole"; role: RoleNode };

const CoverageEnum = builder.enumType("Coverage", {
  description: "How far a grant reaches.",
  values: {
    ACCOUNT: { value: "account", description: "The whole account, with everything in it." },
    ALL_ZONES: { value: "allZones", description: "All zones of the account, and every zone that is added later." },
    ZONE: { value: "zone", description: "The zones that the scope names. A zone that is added later is not included." },
    RESOURCE: { value: "resource", description: "Single resources of another type, such as one Worker." },
    UNKNOWN: { value: "unknown", description: "The resource has a key of unknown form, or its scopes are not known." },
  } as const,
});

const DirectPolicyRef = builder.objectRef<Extract<SourceNode, { type: "DirectPolicy" }>>("DirectPolicy");
DirectPolicyRef.implement({
  description:
    "The member's own policy. If a user group has a policy of the same content, it may be the group's policy, shown again: " +
    "Cloudflare's documentation is contradictory.",
  fields: (t) => ({
    policy: t.expose("policy", { type: PolicyRef, nullable: false, description: "The policy of the member." }),
  }),
});

const GroupMembershipRef = builder.objectRef<Extract<SourceNode, { type: "GroupMembership" }>>("GroupMembership");
GroupMembershipRef.implement({
  description: "A policy of a user group that the member is in.",
  fields: (t) => ({
    userGroup: t.expose("userGroup", {
      type: UserGroupRef,
      nullable: false,
      description: "The user group that the member is in.",
    }),
    policy: t.expose("policy", { type: PolicyRef, nullable: false, description: "The policy of the group." }),
  }),
});

const LegacyRoleRef = builder.objectRef<Extract<SourceNode, { type: "LegacyRole" }>>("LegacyRole");
LegacyRoleRef.implement({
  description:
    "A legacy role of the member. If the member also has a policy of the same content, the two are one grant.",
  fields: (t) => ({
    role: t.expose("role", { type: RoleRef, nullable: false, description: "The role of the member." }),
  }),
});

const GrantSourceRef = builder.unionType("GrantSource", {
  description: "Where a grant comes from: a policy of the member, a user group, or a legacy role.",
  types: [DirectPolicyRef, GroupMembershipRef, LegacyRoleRef],
  resolveType: (source) => (source as Node).type as never,
});

/** The owner of the policy of a source; none for a role. */
function policyOf(source: Source<EvaluatedGroup>, member: PolicyOwner): PolicyNode | undefined {
  if (source.kind === "role") return undefined;
  if (source.kind === "direct") return new PolicyNode(member, source.policy);
  const { node } = source.group;
  return node && new PolicyNode(node, source.policy);
}

function sourceNode(source: Source<EvaluatedGroup>, member: PolicyOwner): SourceNode[] {
  if (source.kind === "role") {
    return [{ type: "LegacyRole", role: { type: "Role", accountId: member.accountId, record: source.role } }];
  }
  const policy = policyOf(source, member);
  if (!policy) return [];
  if (source.kind === "direct") return [{ type: "DirectPolicy", policy }];
  return source.group.node ? [{ type: "GroupMembership", userGroup: source.group.node, policy }] : [];
}

/** The node of something that a policy grants; `null` for a role. */
function within<T>(
  { grant: { match, sources }, member }: GrantNode,
  make: (policy: PolicyNode, record: PolicyMatch) => T,
) {
  const [first] = sources;
  const policy = first && policyOf(first, member);
  return policy && "policy" in match ? make(policy, match) : null;
}

interface PolicyMatch {
  policy: Policy;
  permissionGroup: Policy["permission_groups"][number];
  resourceGroup: Policy["resource_groups"][number];
}

export const AccessGrantRef = builder.objectRef<GrantNode>("AccessGrant");
AccessGrantRef.implement({
  description:
    "One permission on one set of resources that a member has, or is denied, with everything that it comes from. A policy of the " +
    "member, a policy of a user group and a legacy role of the same content are one grant.",
  fields: (t) => ({
    access: t.field({
      type: AccessEnum.type,
      description:
        "Whether it allows or denies. A denial of only a part of the question is listed, and does not change the verdict.",
      resolve: ({ grant: { match } }) => ("policy" in match ? AccessEnum.read(match.policy.access) : "allow"),
    }),
    sources: t.field({
      type: [GrantSourceRef],
      nullable: false,
      ...assumes(2),
      description: "Everything that it comes from: the member's own policy, user groups, legacy roles.",
      resolve: ({ grant, member }) => grant.sources.flatMap((source) => sourceNode(source, member)),
    }),
    policy: t.field({
      type: PolicyRef,
      description: "The policy of the first source; null for a legacy role without a policy.",
      resolve: (node) => within(node, (policy) => policy),
    }),
    permissionGroup: t.field({
      type: PermissionGroupRef,
      description: "The permission group; null for a legacy role without a policy.",
      resolve: (node) =>
        within(node, ({ owner }, match) => new PermissionGroupNode(owner.accountId, match.permissionGroup)),
    }),
    role: t.field({
      type: RoleRef,
      description: "The legacy role; null if a policy grants the same.",
      resolve: ({ grant: { match }, member: { accountId } }) =>
        "role" in match ? { type: "Role" as const, accountId, record: match.role } : null,
    }),
    resourceGroup: t.field({
      type: ResourceGroupRef,
      description: "The resources; null for a legacy role without a policy.",
      resolve: (node) =>
        within(node, ({ owner }, match) => new ResourceGroupNode(owner.accountId, match.resourceGroup, owner)),
    }),
    coverage: t.field({
      type: CoverageEnum,
      nullable: false,
      description: "How far it reaches.",
      resolve: ({ grant: { match } }) => match.coverage,
    }),
    implied: t.boolean({
      nullable: false,
      description:
        "Whether the granted permission group is another one, which includes the requested one: “Administrator” includes “DNS”.",
      resolve: ({ grant: { match } }) => match.implied,
    }),
  }),
});
