import type Cloudflare from "cloudflare";
import { expectTypeOf, test } from "vitest";
import type { Body, Endpoint, Params, Result } from "../../src/cloudflare/endpoint.ts";
import type { UnreadableRecord } from "../../src/cloudflare/error.ts";
import type {
  accounts,
  apiTokens,
  members,
  permissionGroups,
  resourceGroups,
  roles,
  ssoConnectors,
  user,
  userGroups,
  zones,
} from "../../src/cloudflare/index.ts";

// The types of the SDK against ours. Types only: `tsc` is what runs this file.

/**
 * Every place where two types differ, in words: who has a field alone, which one may be missing, which word is not held
 * to a list. That ours may be `null` where theirs may be missing is no difference: Cloudflare does either.
 */
type Differences<Ours, Theirs, At extends string = ""> =
  | Presence<Absent<Ours>, Absent<Theirs>, At>
  | Shape<NonNullable<Ours>, NonNullable<Theirs>, At>;

type Absent<T> = undefined extends T ? true : null extends T ? true : false;

type Presence<Ours, Theirs, At extends string> = Ours extends Theirs
  ? never
  : Said<At, Ours extends true ? "may be missing" : "is never missing">;

type Shape<Ours, Theirs, At extends string> = [Ours, Theirs] extends [readonly (infer One)[], readonly (infer Other)[]]
  ? Differences<One, Other, `${At}[]`>
  : [IsFields<Ours>, IsFields<Theirs>] extends [true, true]
    ? Fields<Ours, Theirs, At>
    : [Ours, Theirs] extends [Theirs, Ours]
      ? never
      : [Theirs, Ours] extends [Ours, string]
        ? Said<At, "any word">
        : Said<At, "another shape">;

type IsFields<T> = [T] extends [object]
  ? T extends readonly unknown[]
    ? false
    : string extends keyof T
      ? false
      : true
  : false;

type Fields<Ours, Theirs, At extends string> = Ours extends unknown
  ? {
      [Key in keyof Ours | keyof Theirs]: Key extends keyof Ours
        ? Key extends keyof Theirs
          ? Differences<Ours[Key], Theirs[Key], Join<At, Key>>
          : Said<Join<At, Key>, "only here">
        : Said<Join<At, Key>, "only there">;
    }[keyof Ours | keyof Theirs]
  : never;

type Said<At extends string, What extends string> = At extends "" ? What : `${At}: ${What}`;

type Join<At extends string, Key> = At extends "" ? Key & string : `${At}.${Key & string}`;

/** What an SDK method gives; of a list, one row. */
type Answer<Method extends (...args: never[]) => unknown> =
  ReturnType<Method> extends AsyncIterable<infer Row> ? Row : Awaited<ReturnType<Method>>;

/** What our row reads; of a list, one row. */
type Read<Row extends Endpoint> =
  Result<Row> extends readonly (infer One)[] ? Exclude<One, UnreadableRecord> : Result<Row>;

type Accounts = Cloudflare["accounts"];
type Members = Accounts["members"];
type PermissionGroups = Cloudflare["iam"]["permissionGroups"];
type ResourceGroups = Cloudflare["iam"]["resourceGroups"];
type UserGroups = Cloudflare["iam"]["userGroups"];
type GroupMembers = UserGroups["members"];
type Sso = Cloudflare["iam"]["sso"];
type Zones = Cloudflare["zones"];
type Tokens = Accounts["tokens"];

type Word = "a word that Cloudflare invents tomorrow must not fail the whole answer";
type List = "a list that is left out or null is read as an empty one";
type Tolerant = "no answer is refused for what we can do without";
type Meta = "a map of strings in fact; the SDK names the keys of today, or `key` and `value`";

interface OfAccount {
  "name: may be missing": Tolerant;
  "type: may be missing": Tolerant;
  "type: any word": Word;
}
interface OfPermissionGroup {
  "meta: another shape": Meta;
  "scopes: only here": "where `meta.scopes` is in the catalogue of API tokens";
}
interface OfResourceGroup {
  "id: may be missing": "an inline scope becomes a group without an ID";
  "scope: may be missing": "a group that a policy names by ID may come without it";
  "scope: another shape": "an array in older documents, one object today: read as a list of either";
  "meta: another shape": Meta;
}
interface OfPolicy {
  "access: any word": Word;
  "permission_groups: is never missing": List;
  "resource_groups: is never missing": List;
}
interface OfUserGroup {
  "name: may be missing": Tolerant;
  "created_on: may be missing": Tolerant;
  "modified_on: may be missing": Tolerant;
  "policies: is never missing": List;
}
interface OfGroupMember {
  "status: any word": Word;
}
interface OfRemovedMember extends OfGroupMember {
  "may be missing": "whoever removed a member has what was wanted, whatever comes back";
}
interface OfMember {
  "id: is never missing": "without it a member cannot be told from another; the SDK takes nothing for granted";
  "status: any word": Word;
  "user.email: may be missing": "of those invited only `email` is known";
  "roles: is never missing": List;
  "roles[].name: may be missing": Tolerant;
  "roles[].description: may be missing": Tolerant;
  "roles[].permissions: may be missing": Tolerant;
  "roles[].permissions: another shape": "a map: there are more areas than the reference names, and `edit` for `write`";
  "policies: is never missing": List;
}
interface OfSsoConnector {
  "verification.status: any word": Word;
}
interface OfZone {
  "account: may be missing": Tolerant;
  "name: may be missing": Tolerant;
  "status: any word": Word;
}
/** Fields that are not about access. */
type BesideZones = Exclude<keyof Answer<Zones["get"]>, keyof Read<(typeof zones)["get"]>>;
interface OfApiToken {
  "id: is never missing": "without it a token cannot be told from another";
  "status: any word": Word;
  "policies: is never missing": List;
  "policies[].id: may be missing": Tolerant;
  "policies[].effect: may be missing": Tolerant;
  "policies[].effect: any word": Word;
  "policies[].permission_groups[].meta: another shape": Meta;
  "policies[].resources: may be missing": Tolerant;
  "policies[].resources: another shape": "a key with `*` beside one with keys within it is read, too";
  "condition.request_ip.in: is never missing": List;
  "condition.request_ip.not_in: is never missing": List;
  "provisioner_id: only there": "who made the token is not about what it may do";
  "provisioner_type: only there": "who made the token is not about what it may do";
}
interface OfWrittenPolicy {
  "policies[].resource_groups[].scope: only here": "an inline scope in the place of an ID, by the user groups guide";
  "policies[].resource_groups[].id: only there": "an inline scope has none";
}
interface OfRewrittenPolicy extends OfWrittenPolicy {
  "policies[].id: only there": "documented as required, refused in fact: Cloudflare mints new IDs with every write";
}

type InPolicies =
  | `policies[].${keyof OfPolicy}`
  | `policies[].permission_groups[].${keyof OfPermissionGroup}`
  | `policies[].resource_groups[].${keyof OfResourceGroup}`;

test("accounts differ as known", () => {
  expectTypeOf<Differences<Read<typeof accounts.list>, Answer<Accounts["list"]>>>().toEqualTypeOf<keyof OfAccount>();
  expectTypeOf<Differences<Read<typeof accounts.get>, Answer<Accounts["get"]>>>().toEqualTypeOf<keyof OfAccount>();
});

test("members differ as known", () => {
  type Known = keyof OfMember | InPolicies;
  expectTypeOf<Differences<Read<typeof members.list>, Answer<Members["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<typeof members.get>, Answer<Members["get"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<typeof members.update>, Answer<Members["update"]>>>().toEqualTypeOf<Known>();
  // The answer to an invitation leaves out the roles.
  type Invited = Exclude<Known, "roles: is never missing">;
  expectTypeOf<Differences<Read<typeof members.create>, Answer<Members["create"]>>>().toEqualTypeOf<Invited>();
  expectTypeOf<Differences<Read<typeof members.remove>, Answer<Members["delete"]>>>().toBeNever();
});

test("roles and the user differ as known", () => {
  type OfRole = Extract<keyof OfMember, `roles[].${string}`> extends `roles[].${infer Field}` ? Field : never;
  expectTypeOf<Differences<Read<typeof roles.list>, Answer<Accounts["roles"]["list"]>>>().toEqualTypeOf<OfRole>();
  expectTypeOf<Differences<Read<typeof roles.get>, Answer<Accounts["roles"]["get"]>>>().toEqualTypeOf<OfRole>();
  type Mine = Read<typeof user.get>;
  type Theirs = Pick<Answer<Cloudflare["user"]["get"]>, keyof Mine>;
  expectTypeOf<Differences<Mine, Theirs>>().toEqualTypeOf<"id: may be missing" | "email: may be missing">();
});

test("permission groups differ as known", () => {
  type Rows = typeof permissionGroups;
  type Known = keyof OfPermissionGroup;
  expectTypeOf<Differences<Read<Rows["list"]>, Answer<PermissionGroups["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["get"]>, Answer<PermissionGroups["get"]>>>().toEqualTypeOf<Known>();
});

test("resource groups differ as known", () => {
  type Rows = typeof resourceGroups;
  type Known = keyof OfResourceGroup;
  expectTypeOf<Differences<Read<Rows["list"]>, Answer<ResourceGroups["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["create"]>, Answer<ResourceGroups["create"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["get"]>, Answer<ResourceGroups["get"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["update"]>, Answer<ResourceGroups["update"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["remove"]>, Answer<ResourceGroups["delete"]>>>().toBeNever();
});

test("user groups differ as known", () => {
  type Rows = typeof userGroups;
  type Known = keyof OfUserGroup | InPolicies;
  expectTypeOf<Differences<Read<Rows["list"]>, Answer<UserGroups["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["create"]>, Answer<UserGroups["create"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["get"]>, Answer<UserGroups["get"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["update"]>, Answer<UserGroups["update"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["remove"]>, Answer<UserGroups["delete"]>>>().toBeNever();
});

test("members of user groups differ as known", () => {
  type Rows = typeof userGroups.members;
  type Known = keyof OfGroupMember;
  expectTypeOf<Differences<Read<Rows["list"]>, Answer<GroupMembers["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["add"]>, Answer<GroupMembers["create"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["replace"]>, Answer<GroupMembers["update"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["get"]>, Answer<GroupMembers["get"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["remove"]>, Answer<GroupMembers["delete"]>>>().toEqualTypeOf<
    keyof OfRemovedMember
  >();
});

test("SSO connectors differ as known", () => {
  type Rows = typeof ssoConnectors;
  type Known = keyof OfSsoConnector;
  expectTypeOf<Differences<Read<Rows["list"]>, Answer<Sso["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["create"]>, Answer<Sso["create"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["get"]>, Answer<Sso["get"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["update"]>, Answer<Sso["update"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<Rows["remove"]>, Answer<Sso["delete"]>>>().toBeNever();
  // The SDK gives the whole envelope; there is no result in it to read.
  expectTypeOf<Answer<Sso["beginVerification"]>>().not.toHaveProperty("result");
  expectTypeOf<Read<Rows["beginVerification"]>>().toBeUnknown();
});

test("zones differ as known", () => {
  type Known = keyof OfZone | `${BesideZones}: only there`;
  expectTypeOf<Differences<Read<typeof zones.list>, Answer<Zones["list"]>>>().toEqualTypeOf<Known>();
  expectTypeOf<Differences<Read<typeof zones.get>, Answer<Zones["get"]>>>().toEqualTypeOf<Known>();
});

test("API tokens differ as known", () => {
  expectTypeOf<Differences<Read<typeof apiTokens.list>, Answer<Tokens["list"]>>>().toEqualTypeOf<keyof OfApiToken>();
  expectTypeOf<Differences<Read<typeof apiTokens.get>, Answer<Tokens["get"]>>>().toEqualTypeOf<keyof OfApiToken>();
});

/** What an SDK method is told, without what stands in the path. */
type Told<Method extends (...args: never[]) => unknown, At extends 0 | 1> = Omit<
  NonNullable<Parameters<Method>[At]>,
  "account_id"
>;
type Asked<Row extends Endpoint> = Omit<Params<Row>, "account_id" | "user_group_id">;

test("what is asked does not differ", () => {
  expectTypeOf<Differences<Asked<typeof accounts.list>, Told<Accounts["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof members.list>, Told<Members["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof roles.list>, Told<Accounts["roles"]["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof permissionGroups.list>, Told<PermissionGroups["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof resourceGroups.list>, Told<ResourceGroups["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof userGroups.list>, Told<UserGroups["list"], 0>>>().toBeNever();
  expectTypeOf<Differences<Asked<typeof userGroups.members.list>, Told<GroupMembers["list"], 1>>>().toBeNever();
});

test("what is sent differs as known", () => {
  expectTypeOf<Differences<Body<typeof resourceGroups.create>, Told<ResourceGroups["create"], 0>>>().toBeNever();
  expectTypeOf<Differences<Body<typeof resourceGroups.update>, Told<ResourceGroups["update"], 1>>>().toBeNever();
  expectTypeOf<Differences<Body<typeof userGroups.create>, Told<UserGroups["create"], 0>>>().toEqualTypeOf<
    keyof OfWrittenPolicy
  >();
  expectTypeOf<Differences<Body<typeof userGroups.update>, Told<UserGroups["update"], 1>>>().toEqualTypeOf<
    keyof OfRewrittenPolicy
  >();
  type ByPolicies<T> = Extract<T, { policies: unknown }>;
  expectTypeOf<
    Differences<
      ByPolicies<Body<typeof members.create>>,
      Omit<ByPolicies<Parameters<Members["create"]>[0]>, "account_id">
    >
  >().toEqualTypeOf<keyof OfWrittenPolicy>();
  type ByRoles<T> = Extract<T, { roles: unknown }>;
  expectTypeOf<
    Differences<ByRoles<Body<typeof members.create>>, Omit<ByRoles<Parameters<Members["create"]>[0]>, "account_id">>
  >().toBeNever();
  expectTypeOf<
    Differences<
      ByPolicies<Body<typeof members.update>>,
      Omit<ByPolicies<Parameters<Members["update"]>[1]>, "account_id">
    >
  >().toEqualTypeOf<keyof OfWrittenPolicy | "status: only here">();
  type Added = Told<GroupMembers["create"], 1>["members"];
  expectTypeOf<Differences<Body<typeof userGroups.members.add>, Added>>().toBeNever();
  type Replaced = Told<GroupMembers["update"], 1>["members"];
  expectTypeOf<Differences<Body<typeof userGroups.members.replace>, Replaced>>().toBeNever();
  expectTypeOf<Differences<Body<typeof ssoConnectors.create>, Told<Sso["create"], 0>>>().toBeNever();
  expectTypeOf<Differences<Body<typeof ssoConnectors.update>, Told<Sso["update"], 1>>>().toBeNever();
});
