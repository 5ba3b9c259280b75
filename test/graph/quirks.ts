import type { errors } from "../../src/sandbox/quirks/errors.ts";
import { hostileIds, hostileName } from "../../src/sandbox/quirks/hostile.ts";
import type { Quirk } from "../../src/sandbox/quirks.ts";

/** One value of an answer's data, innermost first: what stands there instead, or `undefined` to leave it out. */
// biome-ignore lint/suspicious/noExplicitAny: as JSON.parse has it
type Change = (key: string, value: any) => unknown;

/** What a caller notices of an quirk; where nothing is said, nothing. */
export interface Expectation {
  /** The end of a test's title. */
  says: string;
  /** Applied to the usual data: what they are instead. */
  instead?: Change;
  /** Applied to both data: what is not compared. */
  aside?: Change;
  /** Calls that the full graph costs more. */
  calls?: number;
  /** Paths of the full graph that fail as UPSTREAM_INVALID, and are null. */
  invalid?: string[];
  /** Only writes show it. */
  writes?: true;
}

const same = "is read as ever";
// A cursor holds what was counted.
const noTotal: Change = (key, value) => (key === "totalCount" || key === "endCursor" ? undefined : value);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isPolicy = (value: unknown): value is object => isObject(value) && "access" in value;
const isConnector = (value: unknown): value is object => isObject(value) && "emailDomain" in value;
/** A policy that says something else has another ID. */
const withoutPolicyIds: Change = (_key, value) => (isPolicy(value) ? { ...value, id: undefined } : value);
const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Every quirk of successful answers. */
export const expectations: Record<Exclude<Quirk, keyof typeof errors>, Expectation> = {
  scopeAsArray: { says: same },
  metaAsKeyValue: {
    says: "leaves of `meta` the one entry that there is, and null what the others told",
    instead(key, value) {
      if (key === "description" || (key === "scopes" && typeof value[0] === "string")) return null;
      if (key !== "meta") return value;
      const label = value.filter((entry: { key: string }) => entry.key === "label");
      return label.length ? label : value.filter((entry: { key: string }) => entry.key === "editable");
    },
  },
  metaWithBooleans: { says: "is read as strings" },
  emptyAsNull: { says: same },
  emptyAsAbsent: { says: same },
  emptyAsArray: { says: same },
  unknownFields: { says: "is not shown" },
  fourFractionalDigits: { says: same },
  sixFractionalDigits: { says: same },
  remarks: { says: "spoils nothing" },

  unknownAccess: {
    says: "fails that field",
    invalid: ["account.userGroups.nodes.0.policies.0.access"],
    aside: withoutPolicyIds,
  },
  unknownMemberStatus: { says: "fails that field", invalid: ["account.userGroups.nodes.0.members.nodes.0.status"] },
  unknownAccountType: { says: "fails that field" },
  unknownVerification: { says: "fails that field", invalid: ["account.ssoConnectors.nodes.2.verification.status"] },
  wordOfThePrototype: {
    says: "fails that field",
    invalid: ["account.userGroups.nodes.0.policies.0.access"],
    aside: withoutPolicyIds,
  },

  shuffled: { says: "shows in no order, since ours is by content" },
  policyIdsFresh: {
    says: "shows in Cloudflare's IDs of policies and nowhere else, least of all in their order",
    aside: (_key, value) => (isPolicy(value) ? { ...value, cloudflareId: undefined } : value),
  },
  policyIdsAbsent: {
    says: "leaves policies without one, and with the same global ID",
    instead: (_key, value) => (isPolicy(value) && "cloudflareId" in value ? { ...value, cloudflareId: null } : value),
  },
  resourceGroupsInline: {
    says: "leaves groups without name and Cloudflare ID; scopes are there",
    instead: (key, value) =>
      key === "resourceGroups" && Array.isArray(value)
        ? value.map((group) => ({ ...group, name: null, ...("id" in group && { cloudflareId: null }) }))
        : value,
    aside: (key, value) =>
      key === "resourceGroups" && Array.isArray(value)
        ? value.map((group) => ({ ...group, id: undefined }))
        : withoutPolicyIds(key, value),
  },
  permissionGroupsById: { says: "costs the catalogue, once", calls: 1 },
  resourceGroupsById: {
    says: "costs the account's groups, once, and puts those of a policy in another order",
    calls: 1,
    aside: (key, value) => (key === "resourceGroups" && Array.isArray(value) ? value.sort(byText) : value),
  },

  groupMembersWithoutStatus: { says: "takes it from the account's members", calls: 2 },
  groupMembersWithoutEmail: { says: "takes it from the account's members", calls: 2 },
  emailOfUserOnly: {
    says: "shows the address of a member all the same",
    instead: (_key, value) =>
      isObject(value) && "user" in value && "email" in value
        ? { ...value, user: { ...(value.user as object), email: value.email } }
        : value,
  },
  emailBesideUserOnly: {
    says: "shows the address of a member all the same, and none of the user",
    instead: (key, value) => (key === "user" ? { ...value, email: null } : value),
  },
  userNull: {
    says: "shows a member without a person",
    instead: (key, value) =>
      key === "user" ? { ...value, cloudflareId: null, firstName: null, lastName: null } : value,
  },
  userIdZero: { says: "is read as no user" },
  rolesWithEdit: { says: same },
  rolesWithWrite: { says: same },
  rolesAbsent: { says: "is no role", instead: (key, value) => (key === "roles" ? [] : value) },
  accountSettingsNull: {
    says: "shows them null",
    instead: (key, value) => (key === "settings" ? { abuseContactEmail: null, enforceTwoFactor: null } : value),
  },
  accountBare: {
    says: "shows null for what is missing",
    instead(_key, value) {
      if (!isObject(value) || !("type" in value)) return value;
      const own = { settings: null, managedBy: null };
      return { ...value, createdAt: null, ...("settings" in value && own) };
    },
  },

  connectorIdsAbsent: {
    says: "names a connector by its domain",
    instead: (_key, value) => (isConnector(value) && "id" in value ? { ...value, cloudflareId: null } : value),
    aside: (_key, value) => (isConnector(value) ? { ...value, id: undefined } : value),
  },
  connectorUpdateAsArray: { says: same, writes: true },
  connectorUpdateAsObject: { says: same, writes: true },

  resultInfoAbsent: { says: "leaves the total unknown until the end was seen", aside: noTotal },
  totalPagesAbsent: { says: same },
  totalPagesEverywhere: { says: same },
  totalCountAbsent: { says: "leaves the total unknown until the end was seen", aside: noTotal },
  totalCountTooLow: { says: "is not believed", aside: noTotal },
  totalCountTooHigh: {
    says: "fails what ends before it, after one more page",
    aside: noTotal,
    invalid: ["account.userGroups"],
    calls: 1 - 16,
  },
  totalCountOfTheFound: {
    says: "is shown once it can be told from one without the filter, at the end",
    instead: (key, value) => (key === "found" ? { ...value, totalCount: 2 } : value),
  },
  countOfAll: { says: "is not looked at" },
  resultInfoNonsense: { says: "is read as missing", aside: noTotal },
  accountsIgnorePage: {
    says: "shows the one account, and ends",
    instead: (key, value) => (key === "accounts" ? { ...value, totalCount: 1, nodes: value.nodes.slice(0, 1) } : value),
  },
  perPageClamped: { says: "costs more pages", calls: 4 },
  nameFilterPartial: {
    says: "shows what Cloudflare finds",
    instead: (key, value) =>
      key === "named" ? { ...value, nodes: [{ name: "Support Tier 1" }, { name: "Support Tier 2" }] } : value,
  },

  hostileNames: {
    says: "is shown as it is, and does nothing",
    instead(key, value) {
      if (/^(name|firstName|lastName|label)$/.test(key) && typeof value === "string") return hostileName + value;
      if (key !== "meta") return value;
      const entries = value.map((entry: { key: string; value: string }) =>
        entry.key === "label" ? { ...entry, value: hostileName + entry.value } : entry,
      );
      return [{ key: "constructor", value: "x" }, ...entries];
    },
  },
  hostileIds: {
    says: "is shown as it is, and enters no path",
    aside(key, value) {
      if (key === "endCursor") return undefined;
      return isObject(value) && "id" in value ? { ...value, id: undefined, cloudflareId: undefined } : value;
    },
    calls: -hostileIds.length,
    invalid: hostileIds.map((_, index) => `account.userGroups.nodes.${index}.members`),
  },
};
