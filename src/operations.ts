/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Whether a policy allows or denies. */
export type Access =
  /** Grants. Several policies add up. */
  | 'ALLOW'
  /** Denies. Cloudflare rejects it in policies of user groups. */
  | 'DENY';

/** What becomes of a grant. */
export type AccessChangeKind =
  /** The member does not have it, and would. */
  | 'GAINED'
  /** The member has it, and would not. */
  | 'LOST'
  /** One of these, or nothing: something that decides it was not read. */
  | 'MAYBE';

/** Account plan type. */
export type AccountType =
  /** Enterprise contract. User groups and resource groups are Enterprise features. */
  | 'ENTERPRISE'
  /** Self-serve, without a contract. */
  | 'STANDARD';

/** A member to add to several user groups. */
export type AddMemberToUserGroupsInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** The member: the global ID, or Cloudflare's ID together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
  /** User groups of the account by global ID or Cloudflare's, none twice and at least one: `["6d7f2f5f5b1d4a0e9081fdc98d432fd1"]`. At most 1000. */
  userGroupIds: Array<string>;
};

/** Members to add to a user group. */
export type AddUserGroupMembersInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** Members of the account by global ID or Cloudflare's, none twice: `["4536bcfad5faccb111b47003c79917fa"]`. At least one. Current members stay. At most 1000. */
  memberIds: Array<string>;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** A policy to add to a user group. */
export type AddUserGroupPolicyInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** `UserGroup.revision` as you read it: `"9rX0…"`. If the group has changed, nothing is written and the result is a `ConflictError`. Costs a read before and after; an edit between the read and the write cannot be detected, because Cloudflare has no versions. */
  expectedRevision?: string | null | undefined;
  /** The policy: `{ access: ALLOW, permissionGroupIds: ["…"], resourceGroups: [{ scope: { account: true } }] }`. The current policies stay. */
  policy: PolicyInput;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** Status of an API token. */
export type ApiTokenStatus =
  /** It can be used. */
  | 'ACTIVE'
  /** It cannot be used until it is enabled again. */
  | 'DISABLED'
  /** Its time is over. The list of tokens leaves it out. */
  | 'EXPIRED';

/** Changes to make, and what has to be so that they are made. */
export type ApplyChangesInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. */
  accountId: string;
  /** Changes, in the order in which they are made, at least one: `[{ removeUserGroupMember: { userGroupId: "…", memberId: "…" } }]`. At most 50. */
  changes: Array<ChangeInput>;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** What has to hold once all changes are made, or nothing is sent: `[{ memberId: "…", permission: { label: "dns_admin" }, on: { account: true }, verdict: ALLOWED }]`. At most 50. */
  expect?: Array<ExpectedAccess> | null | undefined;
  /** `ChangePreview.revision` of the same changes: `"4g9K3ZFSB-l0AmzbMpzupjXu…"`. If anything that they touch has changed since, nothing is sent, and the result is a `ConflictError` that says what has. */
  expectedRevision?: string | null | undefined;
};

/** Kind of an assumption. */
export type AssumptionKind =
  /** A policy that denies overrides those that allow. */
  | 'DENY_WINS'
  /** One permission group includes another. */
  | 'IMPLIED_PERMISSION'
  /** A policy on a member and on a user group of theirs is one grant. */
  | 'INHERITED_POLICY'
  /** A pending member has no access yet. */
  | 'PENDING_HAS_NO_ACCESS'
  /** A legacy role is the permission group of that name. */
  | 'ROLE_IS_PERMISSION'
  /** Administrators of a tenant have every permission on its accounts. */
  | 'TENANT_ADMINISTRATORS'
  /** Permission groups of API tokens are compared with those of members by name and resource type. */
  | 'TOKEN_PERMISSIONS_BY_NAME'
  /** Without two-factor authentication there is no access where the account enforces it. */
  | 'TWO_FACTOR_IS_NEEDED'
  /** API tokens of users have a part of their users' rights. */
  | 'USER_TOKENS'
  /** The zone belongs to the account. Not where zones could be read. */
  | 'ZONE_IS_OF_ACCOUNT';

/** A change of access: the input of one mutation, under the mutation's name. Exactly one of these. `accountId` may be left out where the mutation lets it; `expectedRevision` and `confirm` must be. An ID `#0` names what change 0 creates, an earlier one: a user group, a member, a resource group, or the policy that `addUserGroupPolicy` adds. */
export type ChangeInput =
  {   /** A member to add to several user groups: `{ memberId: "#2", userGroupIds: ["…"] }`. */
  addMemberToUserGroups: AddMemberToUserGroupsInput; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never;   /** Members to add to a user group: `{ userGroupId: "…", memberIds: ["…"] }`. */
  addUserGroupMembers: AddUserGroupMembersInput; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never;   /** A policy to add to a user group: `{ userGroupId: "#0", policy: { … } }`. */
  addUserGroupPolicy: AddUserGroupPolicyInput; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never;   /** A resource group to create: `{ name: "EU zones", scope: { zoneIds: ["…"] } }`. */
  createResourceGroup: CreateResourceGroupInput; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never;   /** A user group to create: `{ name: "Release Managers" }`. */
  createUserGroup: CreateUserGroupInput; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never;   /** A resource group to delete: `{ resourceGroupId: "…" }`. */
  deleteResourceGroup: DeleteResourceGroupInput; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never;   /** A user group to delete: `{ userGroupId: "…" }`. */
  deleteUserGroup: DeleteUserGroupInput; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never;   /** Somebody to invite: `{ email: "mara@example.com", policies: [{ … }] }`. */
  inviteMember: InviteMemberInput; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never;   /** A member to take out of all user groups, and the account: `{ memberId: "…" }`. */
  offboardMember: OffboardMemberInput; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never;   /** A member to remove from the account: `{ memberId: "…" }`. */
  removeMember: RemoveMemberInput; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never;   /** A member to take out of a user group: `{ userGroupId: "…", memberId: "…" }`. */
  removeUserGroupMember: RemoveUserGroupMemberInput; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never;   /** A policy of a user group to remove: `{ userGroupId: "…", policyId: "…" }`. */
  removeUserGroupPolicy: RemoveUserGroupPolicyInput; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never;   /** All members of a user group: `{ userGroupId: "…", memberIds: ["…"] }`. */
  replaceUserGroupMembers: ReplaceUserGroupMembersInput; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never;   /** Other policies or roles for a member: `{ memberId: "…", policies: [{ … }] }`. */
  updateMember: UpdateMemberInput; updateResourceGroup?: never; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never;   /** A resource group to rename, or to give another scope: `{ resourceGroupId: "…", scope: { account: true } }`. */
  updateResourceGroup: UpdateResourceGroupInput; updateUserGroup?: never; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never;   /** A user group to rename, or to give other policies: `{ userGroupId: "…", policies: [] }`. */
  updateUserGroup: UpdateUserGroupInput; updateUserGroupPolicy?: never; }
  |  { addMemberToUserGroups?: never; addUserGroupMembers?: never; addUserGroupPolicy?: never; createResourceGroup?: never; createUserGroup?: never; deleteResourceGroup?: never; deleteUserGroup?: never; inviteMember?: never; offboardMember?: never; removeMember?: never; removeUserGroupMember?: never; removeUserGroupPolicy?: never; replaceUserGroupMembers?: never; updateMember?: never; updateResourceGroup?: never; updateUserGroup?: never;   /** A policy of a user group to change: `{ userGroupId: "…", policyId: "…", policy: { … } }`. */
  updateUserGroupPolicy: UpdateUserGroupPolicyInput; };

/** What to look at before changes are applied. */
export type ChangeWarningCode =
  /** A directory may keep the user group through SCIM, and then Cloudflare refuses the change. No answer of Cloudflare's tells it. */
  | 'DIRECTORY_MAY_KEEP'
  /** Nobody would be left who certainly holds a permission on a zone, or on the account. Those who hold a broader one do not count. */
  | 'LAST_HOLDER'
  /** Nobody would be left who certainly is a Super Administrator. It has to be confirmed. */
  | 'LAST_SUPER_ADMINISTRATOR'
  /** A policy grants only what other policies of its owner grant on the same resources. Those on broader resources do not count. */
  | 'NOTHING_CHANGES'
  /** The caller's own membership is removed or loses rights, by a change of the member or of who is in a user group. A change of a whole user group or resource group counts where the caller is a Super Administrator, and would not be one any more. It has to be confirmed. */
  | 'OWN_MEMBERSHIP'
  /** Whether it takes rights from the caller's own membership could not be told. */
  | 'OWN_MEMBERSHIP_UNKNOWN'
  /** API tokens of the account that the member made stay as they are: those that are active keep working. */
  | 'TOKENS_STAY';

/** What has to be confirmed before it is done. */
export type Confirmation =
  /** Nobody would be left who certainly is a Super Administrator: neither themselves nor through a user group. */
  | 'LAST_SUPER_ADMINISTRATOR'
  /** The caller's own membership is removed or loses rights, by a change of the member or of who is in a user group. A change of a whole user group or resource group counts where the caller is a Super Administrator, and would not be one any more. */
  | 'OWN_MEMBERSHIP';

/** How far a grant reaches. */
export type Coverage =
  /** The whole account, with everything in it. */
  | 'ACCOUNT'
  /** All zones of the account, and every zone that is added later. */
  | 'ALL_ZONES'
  /** Single resources of another type, such as one Worker. */
  | 'RESOURCE'
  /** The resource has a key of unknown form, or its scopes are not known. */
  | 'UNKNOWN'
  /** The zones that the scope names. A zone that is added later is not included. */
  | 'ZONE';

/** A resource group to create. */
export type CreateResourceGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. */
  accountId: string;
  /** Name: `"EU zones"`. Names are not unique. */
  name: string;
  /** Scope of the group: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`. */
  scope: ScopeInput;
};

/** An SSO connector to create. */
export type CreateSsoConnectorInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. */
  accountId: string;
  /** Whether Cloudflare looks for the TXT record at once: `true` if omitted. */
  beginVerification?: boolean | null | undefined;
  /** E-mail domain, which cannot be changed later: `"example.com"`. */
  emailDomain: string;
  /** Whether the sign-on page shows the text for US federal agencies: `false` if omitted. */
  useFedrampLanguage?: boolean | null | undefined;
};

/** A user group to create. */
export type CreateUserGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. */
  accountId: string;
  /** Its name, unique in the account: `"Release Managers"`. */
  name: string;
  /** Policies of the group: `[{ access: ALLOW, permissionGroupIds: ["…"], resourceGroups: [{ scope: { account: true } }] }]`. None if left out. At most 100. */
  policies?: Array<PolicyInput> | null | undefined;
};

/** A resource group to delete. */
export type DeleteResourceGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  resourceGroupId: string;
};

/** A user group to delete. */
export type DeleteUserGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** What a member may do, or may not, once all changes are made. */
export type ExpectedAccess = {
  /** The member, by global ID or Cloudflare's, or `"#2"` for whom change 2 invites: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
  /** The resource: `{ zoneId: "23f8d65290b24279ba6f44721b3eaad5" }`, or `{ account: true }`. */
  on: ResourceInput;
  /** The permission: `{ label: "cache_domain_purge" }`. */
  permission: PermissionInput;
  /** The answer to this question afterwards: `ALLOWED`. Of somebody who is no member, `NOT_GRANTED`. */
  verdict: Verdict;
};

/** How somebody becomes a member. */
export type InvitationStatus =
  /** At once: in Enterprise accounts only, and only people who have a Cloudflare user already. */
  | 'ACCEPTED'
  /** By an invitation that Cloudflare sends by e-mail. */
  | 'PENDING';

/** Somebody to invite into an account. */
export type InviteMemberInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. */
  accountId: string;
  /** E-mail address: `"mara@example.com"`. */
  email: string;
  /** Own policies: `[{ access: ALLOW, permissionGroupLabels: ["dns_admin"], resourceGroups: [{ scope: { account: true } }] }]`. Cloudflare shows the matching roles beside them. Exactly one of this and `roleIds`. At most 100. */
  policies?: Array<PolicyInput> | null | undefined;
  /** Legacy roles by Cloudflare's IDs, from `Account.roles`: `["05784afa30c1afe1440e79d9351c7430"]`. Deprecated by Cloudflare, which shows them as policies on the whole account. Exactly one of this and `policies`. At most 200. */
  roleIds?: Array<string> | null | undefined;
  /** How: `PENDING` if omitted. */
  status?: InvitationStatus | null | undefined;
};

/** Status of a membership. */
export type MemberStatus =
  /** The invitation was accepted. */
  | 'ACCEPTED'
  /** Invited, not answered yet. */
  | 'PENDING'
  /** Declined. Only as a filter: Cloudflare does not show it on a member. */
  | 'REJECTED';

/** The one thing that a near miss lacks. */
export type MissingPart =
  /** The right resource, with a smaller permission. */
  | 'PERMISSION'
  /** The right permission, on other resources. */
  | 'SCOPE'
  /** The invitation is pending. */
  | 'STATUS'
  /** The account enforces two-factor authentication. */
  | 'TWO_FACTOR';

/** What a mutation could not make sure of. */
export type MutationWarningCode =
  /** Whether it takes rights from the caller's own membership. */
  | 'OWN_MEMBERSHIP_UNKNOWN';

/** A member who leaves. */
export type OffboardMemberInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `Member.revision` as you read it: `"9rX0…"`. If the member has changed, nothing is written and the result is a `ConflictError`. */
  expectedRevision?: string | null | undefined;
  /** Whether they stay in the account, with their own policies and roles: `false` if omitted. */
  keepMembership?: boolean | null | undefined;
  /** The member: the global ID, or Cloudflare's ID together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
};

/** The permission that a question is about: exactly one of these. */
export type PermissionInput =
  {   /** A permission group by its global ID or Cloudflare's: `"e713d034437c4c6d936daf981f29bf88"`. */
  id: string; label?: never; name?: never; }
  |  { id?: never;   /** A permission group by its label: `"cache_domain_purge"`. Costs the catalogue: 1 call per 50 groups. */
  label: string; name?: never; }
  |  { id?: never; label?: never;   /** A permission group by its name: `"Cache Domain Purge"`. Several groups of that name are an error that lists them. Costs the catalogue: 1 call per 50 groups. */
  name: string; };

/** Changes to a policy. Omitted fields stay unchanged. */
export type PolicyChangeInput = {
  /** `ALLOW`. Cloudflare rejects `DENY` in user groups, so the gateway rejects it before any call. In policies of members it is sent; whether Cloudflare takes it there is not documented. */
  access?: Access | null | undefined;
  /** The new permission groups, which with those by label replace the current ones: `["49ce85367bae433b9f0717ed4fea5c74"]`. At most 200. */
  permissionGroupIds?: Array<string> | null | undefined;
  /** Permission groups by label, beside those by ID: `["dns_admin"]`. Each label costs 1 call more. At most 200. */
  permissionGroupLabels?: Array<string> | null | undefined;
  /** The new resource groups, which replace the current ones: `[{ scope: { account: true } }]`. At most 200. */
  resourceGroups?: Array<PolicyResourceGroupInput> | null | undefined;
};

/** A policy of a user group, or a member. It has no ID: Cloudflare assigns a new one with every write. */
export type PolicyInput = {
  /** `ALLOW`. Cloudflare rejects `DENY` in user groups, so the gateway rejects it before any call. In policies of members it is sent; whether Cloudflare takes it there is not documented. */
  access: Access;
  /** Permission groups, by global ID or Cloudflare's: `["49ce85367bae433b9f0717ed4fea5c74"]`. With those by label at least one. At most 200. */
  permissionGroupIds?: Array<string> | null | undefined;
  /** Permission groups by label, beside those by ID: `["dns_admin"]`. Each label costs 1 call more. At most 200. */
  permissionGroupLabels?: Array<string> | null | undefined;
  /** Resource groups, at least one: `[{ scope: { account: true } }]`. At most 200. */
  resourceGroups: Array<PolicyResourceGroupInput>;
};

/** A resource group of a policy. Exactly one of these fields. */
export type PolicyResourceGroupInput =
  {   /** A resource group, by global ID or Cloudflare's: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  id: string; scope?: never; }
  |  { id?: never;   /** A scope, for example `{ account: true }`; Cloudflare makes an anonymous resource group from it. */
  scope: ScopeInput; };

/** A scope in Cloudflare's own keys, for resource types that this schema does not have. */
export type RawScopeInput = {
  /** The resource: `"com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353"`. */
  key: string;
  /** Parts of the resource, at least one: `["*"]`, or keys of zones such as `"com.cloudflare.api.account.zone.<id>"`. At most 1000. */
  objects: Array<string>;
};

/** A member to remove from an account. */
export type RemoveMemberInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** The member: its global ID, or Cloudflare's ID of the membership together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
};

/** A member to remove from a user group. */
export type RemoveUserGroupMemberInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** The member, by global ID or Cloudflare's: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** A policy to remove from a user group. */
export type RemoveUserGroupPolicyInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `UserGroup.revision` as you read it: `"9rX0…"`. If the group has changed, nothing is written and the result is a `ConflictError`. Costs a read before and after; an edit between the read and the write cannot be detected, because Cloudflare has no versions. */
  expectedRevision?: string | null | undefined;
  /** The policy, by global ID or Cloudflare's: `"f267e341f3dd4697bd3b9f71dd96247f"`. Cloudflare's changes with every write to the group; the global ID stays until the policy is changed. */
  policyId: string;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** The new member list of a user group. */
export type ReplaceUserGroupMembersInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `UserGroup.members.revision` as you read it: `"9rX0…"`. If the members have changed, nothing is written and the result is a `ConflictError`. Costs the whole list before and after; an edit between the read and the write cannot be detected. */
  expectedRevision?: string | null | undefined;
  /** Members of the account by global ID or Cloudflare's, none twice: `["4536bcfad5faccb111b47003c79917fa"]`. All other members are removed; `[]` empties the group. At most 1000. */
  memberIds: Array<string>;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** The resource that a question is about: exactly one of these. */
export type ResourceInput =
  {   /** The whole account: `true`. For a permission that applies to zones: all zones, and every zone that is added later. */
  account: boolean; key?: never; zoneId?: never; zoneName?: never; }
  |  { account?: never;   /** Any resource by Cloudflare's key: `"com.cloudflare.api.account.worker.5f4d…"`. A key of unknown form is found only in policies that name it literally; whether others cover it is unknown. */
  key: string; zoneId?: never; zoneName?: never; }
  |  { account?: never; key?: never;   /** A zone by its Cloudflare ID: `"23f8d65290b24279ba6f44721b3eaad5"`. One that is not the account's is an error; where the token may not see zones, it is assumed to be the account's. Costs 1 call. */
  zoneId: string; zoneName?: never; }
  |  { account?: never; key?: never; zoneId?: never;   /** A zone by its name: `"shop.acme.example"`. One that the account does not have, or that the token may not see, is an error. Costs 1 call. */
  zoneName: string; };

/** Type of the resource that a key names. */
export type ResourceKind =
  /** An account: `com.cloudflare.api.account.<id>`. */
  | 'ACCOUNT'
  /** Everything within the scope: `*`. */
  | 'ALL'
  /** Another type: see the key. */
  | 'OTHER'
  /** A zone, that is a domain: `com.cloudflare.api.account.zone.<id>`. */
  | 'ZONE';

/** A scope. Exactly one of these fields. */
export type ScopeInput =
  {   /** The whole account: `true`. */
  account: boolean; raw?: never; zoneIds?: never; }
  |  { account?: never;   /** Cloudflare's own keys: `{ key: "…", objects: ["*"] }`. */
  raw: RawScopeInput; zoneIds?: never; }
  |  { account?: never; raw?: never;   /** These zones of the account, by Cloudflare's IDs: `["23f8d65290b24279ba6f44721b3eaad5"]`. At most 1000. */
  zoneIds: Array<string>; };

/** Status of a domain's verification. */
export type SsoVerificationStatus =
  /** Not started: start the verification. */
  | 'AWAITING'
  /** The record was not found in time: start the verification again. */
  | 'FAILED'
  /** In progress: Cloudflare looks for the TXT record, for up to two days. */
  | 'PENDING'
  /** Verified: the connector can be enabled. */
  | 'VERIFIED';

/** Why a subscription has ended. */
export type SubscriptionEndReason =
  /** The token of the caller has expired: subscribe with a new one. */
  | 'CREDENTIAL_EXPIRED'
  /** Cloudflare rejects the credential, or does not let it read the connector any more. */
  | 'CREDENTIAL_REJECTED'
  /** There is no such connector, or not any more. */
  | 'DELETED'
  /** Cloudflare has not found the DNS record in two days: start the verification again, then subscribe. */
  | 'FAILED'
  /** This gateway is shutting down: subscribe again. */
  | 'SHUTDOWN'
  /** The time of a subscription is over: subscribe again. */
  | 'TIMEOUT'
  /** The domain is verified: the connector can be enabled. */
  | 'VERIFIED';

/** Kind of a thing that a question needed and could not be read. */
export type UnreadKind =
  /** The account's settings: whether two-factor authentication is enforced. */
  | 'ACCOUNT'
  /** API tokens that the account owns: not selected, not readable, or perhaps only some of them listed. */
  | 'API_TOKENS'
  /** A member, or the member's policies. */
  | 'MEMBER'
  /** Super Administrators of the organization that manages the account: they need no membership. */
  | 'ORGANIZATION_ADMINISTRATORS'
  /** The name of a permission group that a policy names by ID alone. */
  | 'PERMISSION_GROUPS'
  /** The resources of a group that a policy names by ID alone. */
  | 'RESOURCE_GROUPS'
  /** Rights of which it could not be worked out who else has them. */
  | 'RIGHTS'
  /** SSO connectors of the account: not selected, or not readable. */
  | 'SSO_CONNECTORS'
  /** A user group, or the group's policies. */
  | 'USER_GROUP'
  /** The list of user groups. */
  | 'USER_GROUPS'
  /** The members of a user group whose policies matter. */
  | 'USER_GROUP_MEMBERS';

/** What a member may do from now on. User groups of the member stay as they are. */
export type UpdateMemberInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `Member.revision` as you read it: `"9rX0…"`. If the member has changed, nothing is written and the result is a `ConflictError`. Costs a read after; an edit between the read and the write cannot be detected, because Cloudflare has no versions. */
  expectedRevision?: string | null | undefined;
  /** The member: its global ID, or Cloudflare's ID of the membership together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`. */
  memberId: string;
  /** Own policies: `[{ access: ALLOW, permissionGroupLabels: ["dns_admin"], resourceGroups: [{ scope: { account: true } }] }]`. Cloudflare shows the matching roles beside them. Exactly one of this and `roleIds`. They replace the current ones. At most 100. */
  policies?: Array<PolicyInput> | null | undefined;
  /** Legacy roles by Cloudflare's IDs, from `Account.roles`: `["05784afa30c1afe1440e79d9351c7430"]`. Deprecated by Cloudflare, which shows them as policies on the whole account. Exactly one of this and `policies`. They replace the current ones. At most 200. */
  roleIds?: Array<string> | null | undefined;
};

/** Changes to a resource group. Omitted fields stay unchanged. */
export type UpdateResourceGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** Its new name: `"EU zones"`. */
  name?: string | null | undefined;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  resourceGroupId: string;
  /** The new scope: `{ zoneIds: ["23f8d65290b24279ba6f44721b3eaad5"] }`. It applies to every policy with this group. */
  scope?: ScopeInput | null | undefined;
};

/** Changes to a user group. Omitted fields stay unchanged. */
export type UpdateUserGroupInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `UserGroup.revision` as you read it: `"9rX0…"`. If the group has changed, nothing is written and the result is a `ConflictError`. Costs a read before and after; an edit between the read and the write cannot be detected, because Cloudflare has no versions. */
  expectedRevision?: string | null | undefined;
  /** Its new name: `"Release Managers"`. */
  name?: string | null | undefined;
  /** The new policies: they replace the current ones, and `[]` removes all. At most 100. */
  policies?: Array<PolicyInput> | null | undefined;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** Changes to one policy of a user group. */
export type UpdateUserGroupPolicyInput = {
  /** The account, by global ID or Cloudflare's: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only. */
  accountId?: string | null | undefined;
  /** What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`. At most 2. */
  confirm?: Array<Confirmation> | null | undefined;
  /** `UserGroup.revision` as you read it: `"9rX0…"`. If the group has changed, nothing is written and the result is a `ConflictError`. Costs a read before and after; an edit between the read and the write cannot be detected, because Cloudflare has no versions. */
  expectedRevision?: string | null | undefined;
  /** Changes: `{ access: ALLOW }`. Omitted fields stay unchanged. */
  policy: PolicyChangeInput;
  /** The policy, by global ID or Cloudflare's: `"f267e341f3dd4697bd3b9f71dd96247f"`. Cloudflare's changes with every write to the group; the global ID stays until the policy is changed. */
  policyId: string;
  /** The group: its global ID, or Cloudflare's ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`. */
  userGroupId: string;
};

/** The answer to a question about one member. */
export type Verdict =
  /** Something grants it, and nothing denies it. */
  | 'ALLOWED'
  /** Granted, from the day on which the invitation is accepted, two-factor authentication is enabled, or the API token is enabled or valid. */
  | 'CONDITIONAL'
  /** A policy denies it. */
  | 'DENIED'
  /** Nothing that was read grants it: see `unread`. */
  | 'NOT_GRANTED'
  /** It depends on something that could not be read or understood. */
  | 'UNKNOWN';

export type AccountsQueryVariables = Exact<{ [key: string]: never; }>;


export type AccountsQuery = { accounts: { totalCount: number | null, nodes: Array<{ id: string, cloudflareId: string, name: string | null, type: AccountType | null, createdAt: string | null, settings: { enforceTwoFactor: boolean | null, abuseContactEmail: string | null } | null } | null> } | null };

export type GroupsWithPoliciesQueryVariables = Exact<{
  account: string;
  search?: string | null | undefined;
}>;


export type GroupsWithPoliciesQuery = { account: { userGroups: { totalCount: number | null, nodes: Array<{ name: string | null, updatedAt: string | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ name: string | null, label: string | null }>, resourceGroups: Array<{ name: string | null, scopes: Array<{ kind: ResourceKind, resourceId: string | null, objects: Array<{ kind: ResourceKind, resourceId: string | null }> }> | null }> }> | null } | null> } | null } | null };

export type FullGraphQueryVariables = Exact<{
  account: string;
  groups?: number | null | undefined;
  members?: number | null | undefined;
}>;


export type FullGraphQuery = { account: { id: string, name: string | null, userGroups: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null, nodes: Array<{ id: string, cloudflareId: string, name: string | null, policies: Array<{ id: string, access: Access | null, permissionGroups: Array<{ id: string, cloudflareId: string, name: string | null, label: string | null, meta: Array<{ key: string, value: string }> | null }>, resourceGroups: Array<{ id: string, cloudflareId: string | null, name: string | null, scopes: Array<{ key: string, objects: Array<{ key: string }> }> | null }> }> | null, members: { totalCount: number | null, nodes: Array<{ id: string, email: string | null, status: MemberStatus | null } | null> } | null } | null> } | null, ssoConnectors: { nodes: Array<{ id: string, cloudflareId: string | null, emailDomain: string | null, enabled: boolean | null, verification: { status: SsoVerificationStatus | null } | null } | null> } | null } | null };

export type OneGroupQueryVariables = Exact<{
  account: string;
  group: string;
}>;


export type OneGroupQuery = { account: { userGroup: { id: string, name: string | null, createdAt: string | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ name: string | null, description: string | null }> }> | null, members: { nodes: Array<{ email: string | null, status: MemberStatus | null } | null> } | null } | null } | null };

export type MembersWithUsersQueryVariables = Exact<{
  account: string;
}>;


export type MembersWithUsersQuery = { account: { userGroups: { nodes: Array<{ name: string | null, members: { nodes: Array<{ email: string | null, user: { firstName: string | null, lastName: string | null, twoFactorAuthenticationEnabled: boolean | null } | null, roles: Array<{ name: string | null }> | null } | null> } | null } | null> } | null } | null };

export type ResourceGroupsOfAZoneQueryVariables = Exact<{
  account: string;
  zone: string;
}>;


export type ResourceGroupsOfAZoneQuery = { account: { resourceGroups: { totalCount: number | null, nodes: Array<{ cloudflareId: string | null, name: string | null, scopes: Array<{ key: string, objects: Array<{ key: string, kind: ResourceKind, resourceId: string | null }> }> | null } | null> } | null, permissionGroups: { nodes: Array<{ cloudflareId: string, name: string | null, scopes: Array<string> | null } | null> } | null } | null };

export type SsoConnectorsQueryVariables = Exact<{
  account: string;
}>;


export type SsoConnectorsQuery = { account: { ssoConnectors: { nodes: Array<{ emailDomain: string | null, enabled: boolean | null, verification: { status: SsoVerificationStatus | null, dnsRecord: { type: string, name: string, content: string } | null } | null } | null> } | null } | null };

export type GroupsPageQueryVariables = Exact<{
  account: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type GroupsPageQuery = { account: { userGroups: { totalCount: number | null, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null, shifted: boolean } | null, edges: Array<{ cursor: string, node: { name: string | null } | null }> } | null } | null };

export type RefetchQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type RefetchQuery = { nodes: Array<
    | { __typename: 'Account', id: string }
    | { __typename: 'ApiToken', id: string }
    | { __typename: 'Member', email: string | null, id: string }
    | { __typename: 'PermissionGroup', id: string }
    | { __typename: 'Policy', id: string }
    | { __typename: 'ResourceGroup', id: string }
    | { __typename: 'Role', id: string }
    | { __typename: 'SsoConnector', id: string }
    | { __typename: 'User', id: string }
    | { __typename: 'UserGroup', name: string | null, id: string, policies: Array<{ access: Access | null, owner:
          | { name: string | null }
          | Record<PropertyKey, never>
         }> | null }
    | { __typename: 'Zone', id: string }
   | null> | null };

export type AccountMembersQueryVariables = Exact<{
  account: string;
  status?: MemberStatus | null | undefined;
}>;


export type AccountMembersQuery = { account: { members: { nodes: Array<{ email: string | null, status: MemberStatus | null, user: { firstName: string | null, lastName: string | null, twoFactorAuthenticationEnabled: boolean | null } | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ name: string | null }>, resourceGroups: Array<{ cloudflareId: string | null, scopes: Array<{ kind: ResourceKind, resourceId: string | null }> | null }> }> | null } | null> } | null } | null };

export type CreateGroupMutationVariables = Exact<{
  input: CreateUserGroupInput;
}>;


export type CreateGroupMutation = { createUserGroup:
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'CreateUserGroupPayload', userGroup: { id: string, name: string | null, revision: string | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ cloudflareId: string }>, resourceGroups: Array<{ scopes: Array<{ kind: ResourceKind, objects: Array<{ kind: ResourceKind, resourceId: string | null }> }> | null }> }> | null } | null }
    | { __typename: 'InvalidInputError', message: string, fields: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type AddPolicyMutationVariables = Exact<{
  input: AddUserGroupPolicyInput;
}>;


export type AddPolicyMutation = { addUserGroupPolicy:
    | { __typename: 'AddUserGroupPolicyPayload', userGroup: { name: string | null, revision: string | null, policies: Array<{ id: string, permissionGroups: Array<{ cloudflareId: string }> }> | null } | null }
    | { __typename: 'ConflictError', written: boolean, sent: unknown, message: string, current:
        | { name: string | null, revision: string | null, policies: Array<{ permissionGroups: Array<{ cloudflareId: string }> }> | null }
        | Record<PropertyKey, never>
       | null }
    | { __typename: 'InvalidInputError', message: string, fields: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type ChangeMembersMutationVariables = Exact<{
  add: AddUserGroupMembersInput;
  remove: RemoveUserGroupMemberInput;
}>;


export type ChangeMembersMutation = { addUserGroupMembers:
    | { __typename: 'AddUserGroupMembersPayload' }
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null, removeUserGroupMember:
    | { __typename: 'ConfirmationRequiredError', required: Array<Confirmation>, message: string }
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'RemoveUserGroupMemberPayload', removedMemberId: string, warnings: Array<{ code: MutationWarningCode, message: string }>, userGroup: { members: { totalCount: number | null, revision: string | null, nodes: Array<{ email: string | null } | null> } | null } | null }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type SetUpSsoMutationVariables = Exact<{
  input: CreateSsoConnectorInput;
}>;


export type SetUpSsoMutation = { createSsoConnector:
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'CreateSsoConnectorPayload', ssoConnector: { id: string, emailDomain: string | null, enabled: boolean | null, verification: { status: SsoVerificationStatus | null, dnsRecord: { type: string, name: string, content: string } | null } | null } | null }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type WhatItCostsQueryVariables = Exact<{
  account: string;
}>;


export type WhatItCostsQuery = { account: { userGroups: { nodes: Array<{ name: string | null, members: { nodes: Array<{ email: string | null, user: { firstName: string | null, lastName: string | null } | null } | null> } | null } | null> } | null } | null };

export type WhoCanPurgeCacheQueryVariables = Exact<{
  account: string;
  zone: string;
  after?: string | null | undefined;
}>;


export type WhoCanPurgeCacheQuery = { account: { whoCan: { totalCount: number | null, complete: boolean, edges: Array<{ verdict: Verdict, node: { email: string | null }, grants: Array<{ access: Access | null, coverage: Coverage, implied: boolean, permissionGroup: { name: string | null } | null, sources: Array<
            | { policy: { id: string } }
            | { userGroup: { name: string | null } }
            | { role: { name: string | null } }
          > }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null, apiTokens: Array<{ verdict: Verdict, apiToken: { name: string | null, lastUsedAt: string | null, creatorEmail: string | null } }> | null, unread: Array<{ kind: UnreadKind, what: string | null, reason: string }>, assumptions: Array<{ sentence: string, documentationUrl: string }> } | null } | null };

export type WhyCanQueryVariables = Exact<{
  account: string;
  member: string;
}>;


export type WhyCanQuery = { account: { access: { verdict: Verdict, sentence: string, complete: boolean, grants: Array<{ access: Access | null, coverage: Coverage, implied: boolean, permissionGroup: { name: string | null } | null, role: { name: string | null } | null, sources: Array<
          | { __typename: 'DirectPolicy' }
          | { __typename: 'GroupMembership', userGroup: { id: string, name: string | null } }
          | { __typename: 'LegacyRole' }
        > }>, assumptions: Array<{ kind: AssumptionKind, sentence: string, documentationUrl: string }>, unread: Array<{ kind: UnreadKind, what: string | null, reason: string }> } | null } | null };

export type WhyNotQueryVariables = Exact<{
  account: string;
  member: string;
  zone: string;
}>;


export type WhyNotQuery = { account: { access: { verdict: Verdict, sentence: string, nearMissCount: number | null, complete: boolean, nearMisses: Array<{ missing: MissingPart, sentence: string, grant: { permissionGroup: { name: string | null } | null, resourceGroup: { name: string | null } | null } }> | null } | null } | null };

export type WhatCanTheyDoQueryVariables = Exact<{
  account: string;
  member: string;
}>;


export type WhatCanTheyDoQuery = { account: { member: { email: string | null, status: MemberStatus | null, userGroups: { nodes: Array<{ name: string | null } | null> } | null, effectiveAccess: Array<{ access: Access | null, coverage: Coverage, permissionGroup: { name: string | null } | null, role: { name: string | null } | null, resourceGroup: { name: string | null, scopes: Array<{ key: string }> | null } | null, sources: Array<
          | { __typename: 'DirectPolicy' }
          | { __typename: 'GroupMembership', userGroup: { name: string | null } }
          | { __typename: 'LegacyRole' }
        > }> | null } | null } | null };

export type GroupsWithAccessToAZoneQueryVariables = Exact<{
  account: string;
  zone: string;
}>;


export type GroupsWithAccessToAZoneQuery = { account: { userGroups: { totalCount: number | null, nodes: Array<{ name: string | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ name: string | null }>, resourceGroups: Array<{ name: string | null, scopes: Array<{ zone: { name: string | null } | null, objects: Array<{ zone: { name: string | null } | null }> }> | null }> }> | null } | null> } | null } | null };

export type TokensNobodyUsesQueryVariables = Exact<{
  account: string;
  after?: string | null | undefined;
}>;


export type TokensNobodyUsesQuery = { account: { apiTokens: { totalCount: number | null, nodes: Array<{ id: string, name: string | null, status: ApiTokenStatus | null, createdAt: string | null, lastUsedAt: string | null, expiresAt: string | null, creatorEmail: string | null, allowedAddresses: Array<string> | null, policies: Array<{ access: Access | null, permissionGroups: Array<{ name: string | null }>, resources: Array<{ key: string, objects: Array<{ key: string }> }> }> | null } | null>, pageInfo: { hasNextPage: boolean, endCursor: string | null } | null } | null } | null };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember:
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string, fields: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'InviteMemberPayload', member: { id: string, email: string | null, status: MemberStatus | null, policies: Array<{ permissionGroups: Array<{ name: string | null }> }> | null } | null }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type AddToGroupsMutationVariables = Exact<{
  input: AddMemberToUserGroupsInput;
}>;


export type AddToGroupsMutation = { addMemberToUserGroups:
    | { __typename: 'AddMemberToUserGroupsPayload', additions: Array<{ userGroup: { id: string }, error:
          | { __typename: 'ConfirmationRequiredError', message: string }
          | { __typename: 'ConflictError', message: string }
          | { __typename: 'InvalidInputError', message: string }
          | { __typename: 'NotFoundError', message: string }
          | { __typename: 'PartialChangeError', message: string }
          | { __typename: 'PermissionDeniedError', message: string }
          | { __typename: 'RateLimitedError', message: string }
          | { __typename: 'UpstreamError', message: string }
         | null }> }
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { removeMember:
    | { __typename: 'ConfirmationRequiredError', required: Array<Confirmation>, message: string }
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'RemoveMemberPayload', removedMemberId: string, warnings: Array<{ code: MutationWarningCode, message: string }> }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type WaitForDomainSubscriptionVariables = Exact<{
  connector: string;
}>;


export type WaitForDomainSubscription = { ssoConnectorVerification: { ended: SubscriptionEndReason | null, readAt: string, ssoConnector: { id: string, emailDomain: string | null, verification: { status: SsoVerificationStatus | null, dnsRecord: { type: string, name: string, content: string } | null } | null } | null } | null };

export type WhomSsoForcesQueryVariables = Exact<{
  account: string;
}>;


export type WhomSsoForcesQuery = { account: { ssoConnectors: { nodes: Array<{ emailDomain: string | null, enabled: boolean | null, enforcementPreview: { complete: boolean, forced: Array<{ email: string | null, status: MemberStatus | null }>, outside: Array<{ email: string | null, status: MemberStatus | null }>, unread: Array<{ what: string | null, reason: string }> } | null } | null> } | null } | null };

export type BeforeSomebodyLeavesQueryVariables = Exact<{
  account: string;
  member: string;
}>;


export type BeforeSomebodyLeavesQuery = { account: { member: { email: string | null, offboarding: { complete: boolean, userGroups: Array<{ name: string | null }> | null, policies: Array<{ permissionGroups: Array<{ name: string | null }> }> | null, rights: Array<{ lastHolder: boolean | null, grant: { permissionGroup: { name: string | null } | null, resourceGroup: { name: string | null } | null, role: { name: string | null } | null }, otherHolders: Array<{ email: string | null }> | null }> | null, remainingSuperAdministrators: Array<{ email: string | null }> | null, apiTokens: Array<{ name: string | null, lastUsedAt: string | null }> | null, ssoConnectors: Array<{ emailDomain: string | null }> | null, limitations: Array<{ sentence: string }>, unread: Array<{ kind: UnreadKind, what: string | null, reason: string }> } | null } | null } | null };

export type PreviewMoveQueryVariables = Exact<{
  account: string;
  changes: Array<ChangeInput> | ChangeInput;
}>;


export type PreviewMoveQuery = { previewChanges: { revision: string, complete: boolean, calls: Array<{ change: number, method: string, path: string, body: unknown, count: number }>, accessChanges: Array<{ kind: AccessChangeKind, member: { email: string | null }, grant: { permissionGroup: { name: string | null } | null, resourceGroup: { name: string | null } | null } }>, refusals: Array<{ change: number, error:
        | { __typename: 'ConfirmationRequiredError', message: string }
        | { __typename: 'ConflictError', message: string }
        | { __typename: 'InvalidInputError', message: string }
        | { __typename: 'NotFoundError', message: string }
        | { __typename: 'PartialChangeError', message: string }
        | { __typename: 'PermissionDeniedError', message: string }
        | { __typename: 'RateLimitedError', message: string }
        | { __typename: 'UpstreamError', message: string }
       }>, warnings: Array<{ code: ChangeWarningCode, change: number | null, message: string }>, unread: Array<{ kind: UnreadKind, what: string | null, reason: string }> } | null };

export type MoveToAnotherTeamMutationVariables = Exact<{
  input: ApplyChangesInput;
}>;


export type MoveToAnotherTeamMutation = { applyChanges:
    | { __typename: 'ApplyChangesPayload', calls: Array<{ method: string, path: string }>, accessChanges: Array<{ kind: AccessChangeKind, grant: { permissionGroup: { name: string | null } | null } }> }
    | { __typename: 'ConfirmationRequiredError', required: Array<Confirmation>, message: string }
    | { __typename: 'ConflictError', written: boolean, message: string, moved: Array<
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      > }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PartialChangeError', change: number, message: string, done: Array<{ path: string }>, failed: Array<{ path: string }>, notSent: Array<{ path: string }>, unknown: Array<{ path: string }> }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };

export type OffboardMemberMutationVariables = Exact<{
  input: OffboardMemberInput;
}>;


export type OffboardMemberMutation = { offboardMember:
    | { __typename: 'ConfirmationRequiredError', required: Array<Confirmation>, message: string }
    | { __typename: 'ConflictError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'OffboardMemberPayload', complete: boolean, steps: Array<{ userGroup: { cloudflareId: string } | null, error:
          | { message: string }
          | { message: string }
          | { message: string }
          | { message: string }
          | { message: string }
          | { message: string }
          | { message: string }
          | { message: string }
         | null }>, warnings: Array<{ code: MutationWarningCode, message: string }> }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamError', message: string }
   | null };


export const AccountsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"settings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"enforceTwoFactor"}},{"kind":"Field","name":{"kind":"Name","value":"abuseContactEmail"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AccountsQuery, AccountsQueryVariables>;
export const GroupsWithPoliciesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GroupsWithPolicies"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"resourceId"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"resourceId"}}]}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<GroupsWithPoliciesQuery, GroupsWithPoliciesQueryVariables>;
export const FullGraphDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FullGraph"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"groups"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"100"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"members"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"groups"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"meta"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"members"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"members"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"ssoConnectors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<FullGraphQuery, FullGraphQueryVariables>;
export const OneGroupDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OneGroup"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"group"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"group"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OneGroupQuery, OneGroupQueryVariables>;
export const MembersWithUsersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MembersWithUsers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}},{"kind":"Field","name":{"kind":"Name","value":"twoFactorAuthenticationEnabled"}}]}},{"kind":"Field","name":{"kind":"Name","value":"roles"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<MembersWithUsersQuery, MembersWithUsersQueryVariables>;
export const ResourceGroupsOfAZoneDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ResourceGroupsOfAZone"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"zone"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"zoneId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"zone"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"resourceId"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"Domain DNS","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ResourceGroupsOfAZoneQuery, ResourceGroupsOfAZoneQueryVariables>;
export const SsoConnectorsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SsoConnectors"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ssoConnectors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"dnsRecord"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<SsoConnectorsQuery, SsoConnectorsQueryVariables>;
export const GroupsPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GroupsPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"5"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"shifted"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<GroupsPageQuery, GroupsPageQueryVariables>;
export const RefetchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Refetch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserGroup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"owner"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserGroup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Member"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]} as unknown as DocumentNode<RefetchQuery, RefetchQueryVariables>;
export const AccountMembersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AccountMembers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"MemberStatus"}},"defaultValue":{"kind":"EnumValue","value":"ACCEPTED"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"members"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"EnumValue","value":"EMAIL"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}},{"kind":"Field","name":{"kind":"Name","value":"twoFactorAuthenticationEnabled"}}]}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"resourceId"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<AccountMembersQuery, AccountMembersQueryVariables>;
export const CreateGroupDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateGroup"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateUserGroupInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createUserGroup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateUserGroupPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"resourceId"}}]}}]}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CreateGroupMutation, CreateGroupMutationVariables>;
export const AddPolicyDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddPolicy"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AddUserGroupPolicyInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addUserGroupPolicy"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AddUserGroupPolicyPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"written"}},{"kind":"Field","name":{"kind":"Name","value":"sent"}},{"kind":"Field","name":{"kind":"Name","value":"current"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserGroup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}}]}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<AddPolicyMutation, AddPolicyMutationVariables>;
export const ChangeMembersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ChangeMembers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"add"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AddUserGroupMembersInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"remove"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RemoveUserGroupMemberInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addUserGroupMembers"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"add"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"removeUserGroupMember"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"remove"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RemoveUserGroupMemberPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"removedMemberId"}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConfirmationRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"required"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<ChangeMembersMutation, ChangeMembersMutationVariables>;
export const SetUpSsoDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetUpSso"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSsoConnectorInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSsoConnector"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSsoConnectorPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ssoConnector"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"dnsRecord"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SetUpSsoMutation, SetUpSsoMutationVariables>;
export const WhatItCostsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhatItCosts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"3"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"members"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhatItCostsQuery, WhatItCostsQueryVariables>;
export const WhoCanPurgeCacheDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoCanPurgeCache"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"zone"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"whoCan"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"permission"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"label"},"value":{"kind":"StringValue","value":"cache_domain_purge","block":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"on"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"zoneId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"zone"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"Field","name":{"kind":"Name","value":"grants"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"coverage"}},{"kind":"Field","name":{"kind":"Name","value":"implied"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DirectPolicy"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"policy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GroupMembership"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LegacyRole"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"apiTokens"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"apiToken"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}},{"kind":"Field","name":{"kind":"Name","value":"creatorEmail"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"unread"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"what"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"assumptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sentence"}},{"kind":"Field","name":{"kind":"Name","value":"documentationUrl"}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhoCanPurgeCacheQuery, WhoCanPurgeCacheQueryVariables>;
export const WhyCanDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhyCan"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"member"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"memberId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"member"}}},{"kind":"Argument","name":{"kind":"Name","value":"permission"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"DNS","block":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"on"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"account"},"value":{"kind":"BooleanValue","value":true}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"sentence"}},{"kind":"Field","name":{"kind":"Name","value":"grants"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"coverage"}},{"kind":"Field","name":{"kind":"Name","value":"implied"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"role"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GroupMembership"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"assumptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"sentence"}},{"kind":"Field","name":{"kind":"Name","value":"documentationUrl"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"unread"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"what"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhyCanQuery, WhyCanQueryVariables>;
export const WhyNotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhyNot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"member"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"zone"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"memberId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"member"}}},{"kind":"Argument","name":{"kind":"Name","value":"permission"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"label"},"value":{"kind":"StringValue","value":"cache_domain_purge","block":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"on"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"zoneId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"zone"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verdict"}},{"kind":"Field","name":{"kind":"Name","value":"sentence"}},{"kind":"Field","name":{"kind":"Name","value":"nearMisses"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"sentence"}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"nearMissCount"}},{"kind":"Field","name":{"kind":"Name","value":"complete"}}]}}]}}]}}]} as unknown as DocumentNode<WhyNotQuery, WhyNotQueryVariables>;
export const WhatCanTheyDoDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhatCanTheyDo"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"member"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"member"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"member"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"effectiveAccess"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"coverage"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"role"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GroupMembership"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhatCanTheyDoQuery, WhatCanTheyDoQueryVariables>;
export const GroupsWithAccessToAZoneDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GroupsWithAccessToAZone"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"zone"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"zoneId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"zone"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"zone"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"zone"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<GroupsWithAccessToAZoneQuery, GroupsWithAccessToAZoneQueryVariables>;
export const TokensNobodyUsesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TokensNobodyUses"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiTokens"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"creatorEmail"}},{"kind":"Field","name":{"kind":"Name","value":"allowedAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TokensNobodyUsesQuery, TokensNobodyUsesQueryVariables>;
export const InviteMemberDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"InviteMember"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"InviteMemberInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inviteMember"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InviteMemberPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"member"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<InviteMemberMutation, InviteMemberMutationVariables>;
export const AddToGroupsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddToGroups"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AddMemberToUserGroupsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addMemberToUserGroups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AddMemberToUserGroupsPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"additions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<AddToGroupsMutation, AddToGroupsMutationVariables>;
export const RemoveMemberDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RemoveMember"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RemoveMemberInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"removeMember"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RemoveMemberPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"removedMemberId"}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConfirmationRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"required"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const WaitForDomainDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WaitForDomain"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"connector"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ssoConnectorVerification"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"connector"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ended"}},{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"ssoConnector"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"dnsRecord"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WaitForDomainSubscription, WaitForDomainSubscriptionVariables>;
export const WhomSsoForcesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhomSsoForces"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ssoConnectors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"enforcementPreview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"forced"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"outside"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"unread"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"what"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhomSsoForcesQuery, WhomSsoForcesQueryVariables>;
export const BeforeSomebodyLeavesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BeforeSomebodyLeaves"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"member"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"member"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"member"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"offboarding"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"rights"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"lastHolder"}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"role"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"otherHolders"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"remainingSuperAdministrators"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"Field","name":{"kind":"Name","value":"apiTokens"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"ssoConnectors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emailDomain"}}]}},{"kind":"Field","name":{"kind":"Name","value":"limitations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sentence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"unread"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"what"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<BeforeSomebodyLeavesQuery, BeforeSomebodyLeavesQueryVariables>;
export const PreviewMoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PreviewMove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"account"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"changes"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"previewChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"account"}}},{"kind":"Argument","name":{"kind":"Name","value":"changes"},"value":{"kind":"Variable","name":{"kind":"Name","value":"changes"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"calls"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"change"}},{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"body"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}},{"kind":"Field","name":{"kind":"Name","value":"accessChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"member"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"refusals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"change"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"change"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"unread"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"what"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]} as unknown as DocumentNode<PreviewMoveQuery, PreviewMoveQueryVariables>;
export const MoveToAnotherTeamDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MoveToAnotherTeam"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ApplyChangesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"applyChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ApplyChangesPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"calls"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"accessChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"grant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"permissionGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConfirmationRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"required"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"written"}},{"kind":"Field","name":{"kind":"Name","value":"moved"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PartialChangeError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"change"}},{"kind":"Field","name":{"kind":"Name","value":"done"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"notSent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}}]}},{"kind":"Field","name":{"kind":"Name","value":"unknown"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<MoveToAnotherTeamMutation, MoveToAnotherTeamMutationVariables>;
export const OffboardMemberDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"OffboardMember"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"OffboardMemberInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"offboardMember"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OffboardMemberPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userGroup"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cloudflareId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConfirmationRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"required"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<OffboardMemberMutation, OffboardMemberMutationVariables>;