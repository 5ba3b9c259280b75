import type { PermissionGroup, Role } from "./state.ts";

const account = "com.cloudflare.api.account";
const zone = "com.cloudflare.api.account.zone";

/**
 * Permission groups with their real IDs and names [S]; the two of the administrator have the IDs of the documented
 * sample. A label or a description that was never seen is written like the others. That "Logs Read"
 * stands there twice is assumed for this catalogue: in that of API tokens it does, and names are not unique in either.
 */
const groups: [id: string, name: string, label: string, scopes: string, description: string][] = [
  [
    "ce2c69b09baf4ca38223910a8b7e07a9",
    "Administrator",
    "admin",
    account,
    "Can access the full account and edit subscriptions. Cannot manage memberships nor billing profile.",
  ],
  [
    "1a0fc8bdeae24387b64d5b8de1ad052a",
    "Administrator Read Only",
    "admin_readonly",
    account,
    "Can access the full account in read-only mode.",
  ],
  ["49ce85367bae433b9f0717ed4fea5c74", "DNS", "dns_admin", account, "Can edit DNS records."],
  [
    "10515a9267294c2e8dd974332556a33b",
    "Firewall",
    "waf_admin",
    account,
    "Can edit WAF, IP Access rules, Zone Lockdown settings, and Cache Rules.",
  ],
  ["bc5ec81e4beb40b9bd71493707ea4b80", "Workers Admin", "workers_admin", account, "Can edit Cloudflare Workers."],
  [
    "5ac2b0d9b54d4ff78e99342191cb7114",
    "Cloudflare Zero Trust",
    "teams_admin",
    account,
    "Can edit Cloudflare Zero Trust.",
  ],
  [
    "87191d478e9342a09cf8b587756f5ed3",
    "Cloudflare Zero Trust PII",
    "teams_pii",
    account,
    "Can access Cloudflare Zero Trust PII.",
  ],
  [
    "f15a31fae6c4433abbf43ad868aed734",
    "Vectorize Readonly",
    "vectorize_readonly",
    account,
    "Can read Vectorize configurations.",
  ],
  ["b415b70a4fd1412886f164451f20405c", "Page Rules Read", "page_rules_read", zone, "Can read Page Rules."],
  [
    "6a315a56f18441e59ed03352369ae956",
    "Logs Read",
    "account_logs_read",
    account,
    "Can read Logpull and Instant Logs of the account.",
  ],
  [
    "c4a30cd58c5d42619c86a3c36c441e2d",
    "Logs Read",
    "zone_logs_read",
    zone,
    "Can read Logpull and Instant Logs of a domain.",
  ],
  [
    "e713d034437c4c6d936daf981f29bf88",
    "Cache Domain Purge",
    "cache_domain_purge",
    zone,
    "Can purge the cache of a domain.",
  ],
  [
    "a5e5061418ea445fbba04aac57f359a8",
    "Domain Administrator",
    "domain_admin",
    zone,
    "Can edit everything of a domain.",
  ],
  [
    "98d2b0c4bd3b4a2c842fcd2a81273ee9",
    "Domain Administrator Read Only",
    "domain_admin_readonly",
    zone,
    "Can view everything of a domain.",
  ],
  ["132c52e7e6654b999c183cfcbafd37d7", "Domain DNS", "domain_dns", zone, "Can edit the DNS settings of a domain."],
  [
    "7276dc8e5e31412297b6075e614a67dd",
    "Domain API Gateway",
    "domain_api_gateway",
    zone,
    "Can edit API Gateway for a domain.",
  ],
  [
    "4757eb7bd807416ba3164efaae1d516e",
    "Domain API Gateway Read",
    "domain_api_gateway_read",
    zone,
    "Can view API Gateway for a domain.",
  ],
  [
    "6d5a15bbb1c84d6e8d74ea65de18dfde",
    "Domain Page Shield",
    "domain_page_shield",
    zone,
    "Can edit Page Shield for a domain.",
  ],
  [
    "1b6236cae9ec4156aaae43758d7c01cb",
    "Domain Page Shield Read",
    "domain_page_shield_read",
    zone,
    "Can view Page Shield for a domain.",
  ],
  [
    "799e2611cdbe47da8ec3a5c880f301cf",
    "Domain Waiting Room Admin",
    "domain_waiting_room_admin",
    zone,
    "Can edit Waiting Rooms of a domain.",
  ],
  [
    "2c9401002e4c48d4a1eb1240c5fc5ba7",
    "Domain Waiting Room Read",
    "domain_waiting_room_read",
    zone,
    "Can view Waiting Rooms of a domain.",
  ],
  [
    "d6543484f53d4612a8bb577439169f72",
    "Zone Versioning",
    "zone_versioning",
    zone,
    "Can edit Zone Versioning of a domain.",
  ],
  [
    "01a5d978c1f44ab78951b45354107a04",
    "Zone Versioning Read",
    "zone_versioning_read",
    zone,
    "Can view Zone Versioning of a domain.",
  ],
  [
    "44befc657c1d4ec3a257d67567b432df",
    "Bot Management",
    "bot_management",
    zone,
    "Can edit Bot Management of a domain.",
  ],
  // The ID is made up: that of the role is another one [S].
  [
    "5fa57ea7d1c04f5ab1e6ad5b8d2f6c11",
    "Super Administrator - All Privileges",
    "all_privileges",
    account,
    "Can edit any Cloudflare setting, make purchases, update billing, and manage memberships.",
  ],
];

/** The catalogue, in Cloudflare's full shape: more than the default page of 20. */
export const permissionGroups: readonly PermissionGroup[] = groups.map(([id, name, label, scopes, description]) => ({
  id,
  name,
  status: "V",
  meta: { description, editable: "false", label, scopes },
  created_on: "2020-10-13T12:42:59.660479Z",
  modified_on: "2020-10-13T12:42:59.660479Z",
}));

/** Legacy roles with their real IDs [S]. Their rights say `edit` in older fixtures, `write` in the reference: both here. */
export const roles = {
  superAdministrator: {
    id: "33666b9c79b9a5273fc7344ff42f953d",
    name: "Super Administrator - All Privileges",
    description: "Can edit any Cloudflare setting, make purchases, update billing, and manage memberships.",
    permissions: {
      billing: { read: true, edit: true },
      organization: { read: true, edit: true },
      zones: { read: true, edit: true },
    },
  },
  administrator: {
    id: "05784afa30c1afe1440e79d9351c7430",
    name: "Administrator",
    description: "Can access the full account and edit subscriptions. Cannot manage memberships nor billing profile.",
    permissions: { dns_records: { read: true, edit: true }, zones: { read: true, edit: true } },
  },
  administratorReadOnly: {
    id: "f2b20eaa1a5d4af42b53ac16238c99c7",
    name: "Administrator Read Only",
    description: "Can access the full account in read-only mode.",
    permissions: { dns_records: { read: true, write: false }, zones: { read: true, write: false } },
  },
  dns: {
    id: "069fe803647ed3609e93d041d5df6050",
    name: "DNS",
    description: "Can edit DNS records.",
    permissions: { dns_records: { read: true, write: true } },
  },
  billing: {
    id: "298ce8e7a2ba08b9d18ce0a32bb458ee",
    name: "Billing",
    description: "Can edit the account's billing profile and subscriptions.",
    permissions: { billing: { read: true, write: true } },
  },
  minimal: {
    id: "5c35d2bf3a545e6b7560b826c0d23c39",
    name: "Minimal Account Access",
    description: "Can view account, and nothing else.",
    permissions: { organization: { read: true, edit: false } },
  },
} satisfies Record<string, Role>;
