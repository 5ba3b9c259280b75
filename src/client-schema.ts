// Made by `npm run codegen`.

/** The object types of each interface and union. */
export const possibleTypes: Record<string, string[]> = {
  AddMemberToUserGroupsResult: ["AddMemberToUserGroupsPayload","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  AddUserGroupMembersResult: ["AddUserGroupMembersPayload","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  AddUserGroupPolicyResult: ["AddUserGroupPolicyPayload","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  ApplyChangesResult: ["ApplyChangesPayload","ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PartialChangeError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  BeginSsoConnectorVerificationResult: ["BeginSsoConnectorVerificationPayload","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  CreateResourceGroupResult: ["ConflictError","CreateResourceGroupPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  CreateSsoConnectorResult: ["ConflictError","CreateSsoConnectorPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  CreateUserGroupResult: ["ConflictError","CreateUserGroupPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  DeleteResourceGroupResult: ["ConfirmationRequiredError","ConflictError","DeleteResourceGroupPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  DeleteSsoConnectorResult: ["ConflictError","DeleteSsoConnectorPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  DeleteUserGroupResult: ["ConfirmationRequiredError","ConflictError","DeleteUserGroupPayload","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  GrantSource: ["DirectPolicy","GroupMembership","LegacyRole"],
  InviteMemberResult: ["ConflictError","InvalidInputError","InviteMemberPayload","NotFoundError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  MutationError: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PartialChangeError","PermissionDeniedError","RateLimitedError","UpstreamError"],
  Node: ["Account","ApiToken","Member","PermissionGroup","Policy","ResourceGroup","Role","SsoConnector","User","UserGroup","Zone"],
  OffboardMemberResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","OffboardMemberPayload","PermissionDeniedError","RateLimitedError","UpstreamError"],
  PolicyOwner: ["Member","UserGroup"],
  RemoveMemberResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","RemoveMemberPayload","UpstreamError"],
  RemoveUserGroupMemberResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","RemoveUserGroupMemberPayload","UpstreamError"],
  RemoveUserGroupPolicyResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","RemoveUserGroupPolicyPayload","UpstreamError"],
  ReplaceUserGroupMembersResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","ReplaceUserGroupMembersPayload","UpstreamError"],
  UpdateMemberResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpdateMemberPayload","UpstreamError"],
  UpdateResourceGroupResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpdateResourceGroupPayload","UpstreamError"],
  UpdateSsoConnectorResult: ["ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpdateSsoConnectorPayload","UpstreamError"],
  UpdateUserGroupPolicyResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpdateUserGroupPolicyPayload","UpstreamError"],
  UpdateUserGroupResult: ["ConfirmationRequiredError","ConflictError","InvalidInputError","NotFoundError","PermissionDeniedError","RateLimitedError","UpdateUserGroupPayload","UpstreamError"],
};

/** Connections by type and field, with the arguments that make one list another one: filters and order. */
export const connectionFields: Record<string, Record<string, string[]>> = {
  Account: {"resourceGroups":["id","name","zoneId","zoneName"],"roles":[],"members":["direction","orderBy","search","status"],"permissionGroups":["id","label","name","search"],"ssoConnectors":[],"userGroups":["direction","id","name","search","zoneId"],"apiTokens":[],"whoCan":["on","permission"]},
  Member: {"userGroups":[]},
  Query: {"accounts":["direction","name"]},
  UserGroup: {"members":["direction","search"]},
};

/** Types without an ID: each is a part of the object that has it. */
export const embeddedTypes: string[] = ["AccessAnswer","AccessChange","AccessGrant","AccountConnection","AccountEdge","AccountManager","AccountSettings","AddMemberToUserGroupsPayload","AddUserGroupMembersPayload","AddUserGroupPolicyPayload","ApiTokenConnection","ApiTokenEdge","ApiTokenGrant","ApiTokenPermissionGroup","ApiTokenPolicy","AppliedChange","ApplyChangesPayload","Assumption","BeginSsoConnectorVerificationPayload","ChangePreview","ChangeRefusal","ChangeWarning","CloudflareErrorDetail","CloudflareMessage","CloudflareResponse","ConfirmationRequiredError","ConflictError","CreateResourceGroupPayload","CreateSsoConnectorPayload","CreateUserGroupPayload","DeleteResourceGroupPayload","DeleteSsoConnectorPayload","DeleteUserGroupPayload","DirectPolicy","DnsRecord","FieldError","GranteeConnection","GranteeEdge","GroupMembership","InvalidInputError","InviteMemberPayload","LegacyRole","LostRight","MemberConnection","MemberEdge","MetadataEntry","MutationWarning","NearMiss","NotFoundError","OffboardMemberPayload","OffboardingLimitation","OffboardingPreview","OffboardingStep","PageInfo","PartialChangeError","PermissionDeniedError","PermissionGroupConnection","PermissionGroupEdge","PlannedCall","RateLimitedError","RemoveMemberPayload","RemoveUserGroupMemberPayload","RemoveUserGroupPolicyPayload","ReplaceUserGroupMembersPayload","ResourceGroupConnection","ResourceGroupEdge","RoleConnection","RoleEdge","RoleGrant","Scope","ScopeObject","SsoConnectorConnection","SsoConnectorEdge","SsoConnectorVerificationEvent","SsoEnforcementPreview","SsoVerification","Unread","UpdateMemberPayload","UpdateResourceGroupPayload","UpdateSsoConnectorPayload","UpdateUserGroupPayload","UpdateUserGroupPolicyPayload","UpstreamError","UserGroupAddition","UserGroupConnection","UserGroupEdge","UserGroupMemberConnection","UserGroupMemberEdge"];
