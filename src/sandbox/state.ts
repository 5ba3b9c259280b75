/**
 * The state that the sandbox plays: every account with all that is in it, in the shapes that Cloudflare really sends.
 * They have more fields than the reference, and leave out some that it calls required (facts marked [S] in the seed).
 */
export interface SandboxState {
  /** By ID, as are all maps below; each keeps the order in which its records came to be. */
  readonly accounts: Map<string, AccountState>;
  /** A member's policies are shown together with those of the member's user groups. */
  inheritedPolicies: boolean;
}

/** One account. A test may read and change it at will; the next answer shows it. */
export interface AccountState {
  readonly details: Account;
  readonly members: Map<string, Member>;
  readonly permissionGroups: Map<string, PermissionGroup>;
  readonly resourceGroups: Map<string, NamedResourceGroup>;
  readonly userGroups: Map<string, UserGroup>;
  readonly ssoConnectors: Map<string, SsoConnector>;
  readonly zones: Map<string, Zone>;
  readonly apiTokens: Map<string, ApiToken>;
  /** Members without domain-scoped roles: a flag that no endpoint shows, and that bars them from user groups [S]. */
  readonly withoutDsr: Set<string>;
}

/** `settings` and `legacy_flags` hold more than the reference says [S]. */
export interface Account {
  id: string;
  name: string;
  type: "standard" | "enterprise";
  created_on: string;
  managed_by?: { parent_org_id: string; parent_org_name: string };
  settings: {
    abuse_contact_email: string | null;
    enforce_twofactor: boolean | null;
    api_access_enabled: boolean | null;
    access_approval_expiry: string | null;
    use_account_custom_ns_by_default: boolean;
  };
  legacy_flags: { enterprise_zone_quota: { maximum: number; current: number; available: number } };
}

export interface PermissionGroup {
  id: string;
  name: string;
  status: "V";
  meta: { description: string; editable: "false"; label: string; scopes: string };
  created_on: string;
  modified_on: string;
}

export interface Scope {
  key: string;
  objects: { key: string }[];
}

/** Inside a policy an inline scope becomes a group without ID, name and meta [D]. */
export interface ResourceGroup {
  id?: string;
  name?: string;
  meta?: Record<string, string>;
  scope: Scope;
  created_on: string;
  modified_on: string;
}
export type NamedResourceGroup = ResourceGroup & { id: string; name: string };

/** Holds the very objects of the account, so that a renamed resource group is renamed in every policy. */
export interface Policy {
  id: string;
  status: "V";
  access: "allow" | "deny";
  permission_groups: PermissionGroup[];
  resource_groups: ResourceGroup[];
  created_on: string;
  modified_on: string;
}

export interface UserGroup {
  readonly id: string;
  name: string;
  readonly created_on: string;
  modified_on: string;
  policies: Policy[];
  /** When each member was added, by member ID. */
  readonly members: Map<string, string>;
  /** Kept by SCIM: name, members and existence are locked, policies are not [D]. No answer shows it. */
  scim: boolean;
  /** How many more calls of `/members` still miss this fresh group. */
  lag: number;
}

export interface Role {
  id: string;
  name: string;
  description: string;
  permissions: Record<string, { read: boolean; write?: boolean; edit?: boolean }>;
}

export interface Member {
  id: string;
  /** Not on every accepted member, whereas `user.email` is not on pending ones: clients must read both. */
  email?: string;
  status: "accepted" | "pending";
  /** The code in the invitation's link: a secret that Cloudflare nevertheless sends [S]. */
  code?: string;
  user: {
    id: string | null;
    email?: string;
    first_name: string | null;
    last_name: string | null;
    two_factor_authentication_enabled: boolean;
  };
  roles: Role[];
  policies: Policy[];
}

export interface SsoConnector {
  readonly id: string;
  email_domain: string;
  enabled: boolean;
  use_fedramp_language?: boolean;
  created_on: string;
  updated_on?: string;
  verification: { code: string; status: "awaiting" | "pending" | "failed" | "verified" };
  /** When polling for the TXT record gives up, in milliseconds of the clock. Not sent. */
  deadline?: number;
}

/** The rest of a zone's record (name servers, plan …) is not about access, and left out. */
export interface Zone {
  readonly id: string;
  account: { id: string; name: string };
  name: string;
  status: "initializing" | "pending" | "active" | "moved";
  paused: boolean;
  type: "full" | "partial" | "secondary" | "internal";
  created_on: string;
  modified_on: string;
  activated_on: string | null;
}

/** An API token of an account; nothing of it is required [D]. */
export interface ApiToken {
  readonly id: string;
  name: string;
  status: "active" | "disabled" | "expired";
  issued_on: string;
  modified_on: string;
  last_used_on?: string;
  not_before?: string;
  expires_on?: string;
  creator_email_at_creation?: string;
  provisioner_type?: string;
  provisioner_id?: string | null;
  condition?: { request_ip: { in?: string[]; not_in?: string[] } };
  policies: {
    id: string;
    effect: "allow" | "deny";
    permission_groups: { id: string; name: string; meta: { label: string; scopes: string } }[];
    resources: Record<string, string | Record<string, string>>;
  }[];
}

/** A member's address, wherever it stands. */
export function emailOf(member: Member): string {
  return member.email ?? member.user.email ?? "";
}
