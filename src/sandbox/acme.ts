import { roles } from "./catalogue.ts";
import { idOf } from "./id-generator.ts";
import { acmePeople, generatePeople, venturesPeople } from "./people.ts";
import {
  accountKey,
  builtIn,
  connector,
  deny,
  emptyAccount,
  grantOn,
  group,
  joined,
  owns,
  promote,
  zoneKey,
  zones,
} from "./seed.ts";
import type { AccountState, SandboxState } from "./state.ts";
import { teams } from "./teams.ts";
import { acmeTokens } from "./tokens.ts";

/** How large Acme is. */
export interface Size {
  /** User groups: that many made-up teams with two policies each, in place of Acme's own sixteen groups. */
  groups?: number;
  /** Members in each made-up team. @default 10 */
  membersPerGroup?: number;
  /** Members of Acme. @default 60, or as many as one team needs */
  members?: number;
  /** Accounts; those after the second are empty. @default 2 */
  accounts?: number;
}

/** Acme, an enterprise. The ID is that of Cloudflare's own examples. */
export const acmeId = "023e105f4ecef8ad9ca31a8372d0c353";
/** Acme Ventures, a standard account with a little of everything. */
export const venturesId = "eb78d65290b24279ba6f44721b3ea3c4";

/** The company at its start: the same IDs and timestamps in every run, nothing random, no clock. */
export function acme({ groups, membersPerGroup = 10, members, accounts = 2 }: Size): SandboxState {
  const people = members ?? Math.max(acmePeople.length, groups === undefined ? 0 : membersPerGroup);
  const account = enterprise(generatePeople(people));
  if (groups === undefined) acmeGroups(account);
  else teams(account, groups, membersPerGroup);
  const all = [account, ventures()].slice(0, accounts);
  while (all.length < accounts) {
    const name = `Account ${String(all.length + 1).padStart(4, "0")}`;
    all.push(standard(idOf("account", name), name));
  }
  return { accounts: new Map(all.map((each) => [each.details.id, each])), inheritedPolicies: false };
}

function enterprise(names: string[]): AccountState {
  const account = emptyAccount({
    id: acmeId,
    name: "Acme",
    type: "enterprise",
    created_on: "2014-03-01T12:21:02.000000Z",
    managed_by: { parent_org_id: idOf("organization", "Acme Holding"), parent_org_name: "Acme Holding" },
    settings: settings("abuse@acme.example", true),
    legacy_flags: { enterprise_zone_quota: { maximum: 50, current: 9, available: 41 } },
  });
  const sites = ["shop", "checkout", "cdn", "www", "blog", "staging", "preview", "tools", "legacy"];
  owns(
    account,
    sites.map((site) => `${site}.acme.example`),
  );
  owns(account, ["campaigns.acme.example"], "pending");
  // The built-in group is not the first of the list: clients that take the first get another one [S].
  zones(account, "Storefront", ["shop.acme.example", "checkout.acme.example", "cdn.acme.example"]);
  zones(account, "Marketing Sites", ["www.acme.example", "blog.acme.example"]);
  builtIn(account, accountKey(acmeId));
  zones(account, "Staging", ["staging.acme.example", "preview.acme.example"]);
  zones(account, "Internal Tools", ["tools.acme.example"]);
  zones(account, "Marketing Sites", ["campaigns.acme.example"], "2");
  builtIn(account, zoneKey("legacy.acme.example"));

  joined(account, names);
  const all = accountKey(acmeId);
  promote(account, 0, roles.superAdministrator, [["admin"], [all]]);
  promote(account, 1, roles.administrator, [["admin"], [all]]);
  promote(account, 2, roles.administratorReadOnly, [["admin_readonly"], [all]]);
  promote(account, 3, roles.dns, [["dns_admin"], [all]]);
  promote(account, 8, roles.billing);
  promote(account, 11, roles.administratorReadOnly, [["admin_readonly"], [all]]);
  promote(account, 4, roles.minimal, [
    ["domain_admin_readonly"],
    [zoneKey("legacy.acme.example"), ["www.acme.example"]],
  ]);

  // Yusuf Demir is in a group that may purge caches; not that of the checkout.
  deny(account, 21, [["cache_domain_purge"], [["checkout.acme.example"]]]);
  grantOn(account, 15, "workers_admin", `com.cloudflare.api.account.worker.${idOf("worker", "edge-router")}`);
  grantOn(account, 16, "cache_domain_purge", "com.cloudflare.edge.cluster.eu-west");

  acmeTokens(account);

  connector(account, "acme.example", "verified", true);
  connector(account, "acme-labs.example", "pending");
  connector(account, "acme-retail.example", "awaiting");
  connector(account, "acme-classic.example", "failed");
  return account;
}

/**
 * Acme's own groups: with none to four policies, inline scopes, and one without members. Of the members, Wren Ashworth
 * cannot be put into any of them.
 */
function acmeGroups(account: AccountState): void {
  const all = accountKey(acmeId);
  group(
    account,
    "Platform Engineering",
    9,
    [["admin_readonly", "workers_admin"], [all]],
    [
      ["domain_admin", "zone_versioning"],
      ["Staging", "Internal Tools"],
    ],
    [["cache_domain_purge"], ["Storefront", "Marketing Sites"]],
  );
  group(account, "DNS Operators", 6, [["dns_admin"], [all]]);
  group(
    account,
    "Security",
    7,
    [["waf_admin", "teams_admin"], [all]],
    [["domain_page_shield", "bot_management"], ["Storefront"]],
    [["domain_api_gateway"], ["Storefront", "Internal Tools"]],
    [["account_logs_read"], [all]],
  );
  group(account, "Network Operations", 5, [["dns_admin", "waf_admin"], [all]], [["zone_logs_read"], ["Storefront"]]);
  group(account, "Web Performance", 4, [
    ["cache_domain_purge", "page_rules_read"],
    ["Storefront", "Marketing Sites"],
  ]);
  group(account, "Frontend Guild", 11, [["domain_admin_readonly"], [["preview.acme.example", "staging.acme.example"]]]);
  group(account, "Workers Developers", 8, [["workers_admin", "vectorize_readonly"], [all]]);
  group(account, "Zero Trust Administrators", 3, [["teams_admin"], [all]], [["teams_pii"], [all]]);
  group(account, "Support Tier 1", 10, [["domain_admin_readonly"], ["Storefront"]]);
  group(
    account,
    "Support Tier 2",
    5,
    [
      ["domain_admin_readonly", "domain_waiting_room_read"],
      ["Storefront", "Marketing Sites"],
    ],
    [["domain_waiting_room_admin"], [["checkout.acme.example"]]],
  );
  group(account, "Release Managers", 4, [
    ["zone_versioning", "domain_dns"],
    ["Staging", ["shop.acme.example"]],
  ]);
  group(account, "Auditors", 2, [["admin_readonly", "account_logs_read"], [all]]);
  group(account, "Marketing", 6, [["domain_page_shield_read"], ["Marketing Sites"]]);
  group(account, "Finance", 3);
  group(account, "Contractors", 7);
  group(account, "New Joiners", 0);

  const wren = [...account.members.keys()][59];
  if (wren) account.withoutDsr.add(wren);
}

function ventures(): AccountState {
  const account = standard(venturesId, "Acme Ventures");
  owns(account, ["ventures.acme.example"]);
  zones(account, "Portfolio", ["ventures.acme.example"]);
  builtIn(account, accountKey(venturesId));
  joined(account, venturesPeople);
  promote(account, 0, roles.administrator, [["admin"], [accountKey(venturesId)]]);
  group(account, "Founders", 2, [["admin"], [accountKey(venturesId)]]);
  group(account, "Web Team", 3, [["domain_admin"], ["Portfolio"]]);
  group(account, "Advisors", 1);
  connector(account, "acme-ventures.example", "awaiting");
  return account;
}

function standard(id: string, name: string): AccountState {
  return emptyAccount({
    id,
    name,
    type: "standard",
    created_on: "2021-09-14T08:02:11.000000Z",
    settings: settings(null, null),
    legacy_flags: { enterprise_zone_quota: { maximum: 0, current: 0, available: 0 } },
  });
}

function settings(abuse_contact_email: string | null, enforce_twofactor: boolean | null) {
  return {
    abuse_contact_email,
    enforce_twofactor,
    api_access_enabled: null,
    access_approval_expiry: null,
    use_account_custom_ns_by_default: false,
  };
}
