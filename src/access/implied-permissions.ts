import type { Permission } from "./permission.ts";

/** A permission group that holds others, as Cloudflare's documentation says. Every other one holds only itself. */
export interface Implication {
  label: string;
  /** Its name, where a role or policy has no label. */
  name: string;
  /** What Cloudflare says of it. */
  says: string;
  documentationUrl: string;
  /** It holds whatever there is, known or not. */
  everything?: true;
  /** Whether it holds another one where it is granted; `undefined` where that cannot be told. */
  implies(asked: Permission): boolean | undefined;
  /** What it holds of the whole account, although it is granted on zones. */
  accountWide?(asked: Permission): boolean;
}

const ROLES = "https://developers.cloudflare.com/fundamentals/manage-members/roles/";

/** Where Cloudflare describes roles; their names are those of the permission groups. */
export const rolesUrl: string = ROLES;

const textOf = ({ label, name }: Permission) => `${label ?? ""} ${name ?? ""}`;

/** Whether a permission reads and does not write, by its name: “Page Rules Read”, “Vectorize Readonly”. */
function reads(asked: Permission): boolean {
  return /\b(read([ -]?only)?|viewer|reader)\)?$/i.test(asked.name ?? "") || /_read(_?only)?$/.test(asked.label ?? "");
}

/** Whether a permission applies to zones; `undefined` where its types are not known. */
function ofZones({ scopes }: Permission): boolean | undefined {
  return scopes?.every((scope) => scope.endsWith(".zone"));
}

/** Both; three-valued. */
function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

/** “Cannot manage memberships nor billing profile.” */
const withheldFromAdministrators = /billing|member|scim|super administrator|all.privileges/i;
/** No page says whether an administrator has these. */
const unsaidOfAdministrators = /\bpii\b|_pii|token/i;

function heldByAdministrators(asked: Permission): boolean | undefined {
  const text = textOf(asked);
  if (withheldFromAdministrators.test(text)) return false;
  return unsaidOfAdministrators.test(text) ? undefined : true;
}

/** “Read-only access to account-wide Firewall, Access, and Worker resources.” */
function readsOfTheAccount(asked: Permission): boolean {
  return ofZones(asked) === false && reads(asked) && /\b(firewall|access|workers?)\b/i.test(asked.name ?? "");
}

/** A permission group of domains and its read-only form. */
function readOnlyForm(label: string, name: string, readLabel: string, readName: string): Implication {
  return {
    label,
    name,
    says: `${name} may do what ${readName} may.`,
    documentationUrl: ROLES,
    implies: (asked) => (asked.label === undefined ? asked.name === readName : asked.label === readLabel),
  };
}

/** Every permission group that holds others. */
export const implications: readonly Implication[] = [
  {
    label: "all_privileges",
    name: "Super Administrator - All Privileges",
    says: "Can edit any Cloudflare setting, make purchases, update billing, and manage memberships.",
    documentationUrl: ROLES,
    everything: true,
    implies: () => true,
  },
  {
    label: "admin",
    name: "Administrator",
    says: "Can access the full account and edit subscriptions. Cannot manage memberships nor billing profile.",
    documentationUrl: ROLES,
    implies: heldByAdministrators,
  },
  {
    label: "admin_readonly",
    name: "Administrator Read Only",
    says: "Can access the full account in read-only mode.",
    documentationUrl: ROLES,
    implies: reads,
  },
  {
    label: "domain_admin",
    name: "Domain Administrator",
    says: "Full access to domains in an account, and read-only access to account-wide Firewall, Access, and Worker resources.",
    documentationUrl: ROLES,
    implies: ofZones,
    accountWide: readsOfTheAccount,
  },
  {
    label: "domain_admin_readonly",
    name: "Domain Administrator Read Only",
    says: "Read-only access to domains in an account, as well as account-wide Firewall, Access, and Worker resources.",
    documentationUrl: ROLES,
    implies: (asked) => both(reads(asked), ofZones(asked)),
    accountWide: readsOfTheAccount,
  },
  readOnlyForm("domain_api_gateway", "Domain API Gateway", "domain_api_gateway_read", "Domain API Gateway Read"),
  readOnlyForm("domain_page_shield", "Domain Page Shield", "domain_page_shield_read", "Domain Page Shield Read"),
  readOnlyForm(
    "domain_waiting_room_admin",
    "Domain Waiting Room Admin",
    "domain_waiting_room_read",
    "Domain Waiting Room Read",
  ),
  readOnlyForm("zone_versioning", "Zone Versioning", "zone_versioning_read", "Zone Versioning Read"),
];
