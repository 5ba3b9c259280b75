import { isObject, type QuirkHooks } from "./quirk.ts";

const groupMembers = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

/** Every account member passed through `change`; it is what has a `user` and `roles`. */
function everyMember(change: (member: Member) => object): QuirkHooks {
  return { value: (_key, value) => (isMember(value) ? change(value) : value) };
}

type Member = Record<string, unknown> & { user: Record<string, unknown> };

function isMember(value: unknown): value is Member {
  return isObject(value) && isObject(value.user) && "roles" in value;
}

function renamed(from: "edit" | "write", to: "edit" | "write"): QuirkHooks {
  return {
    value(_key, value) {
      if (!isObject(value) || typeof value[from] !== "boolean") return value;
      const { [from]: right, ...others } = value;
      return { ...others, [to]: right };
    },
  };
}

/** Fields that accounts, members and users have or omit. */
export const people = {
  /** Records of a group's members have only `id` and `email` in the documented sample [D]. */
  groupMembersWithoutStatus: (): QuirkHooks => ({
    value: (key, value, route) => (key === "status" && route === groupMembers ? undefined : value),
  }),

  /** Of a group's members the reference requires no more than the ID [D]. */
  groupMembersWithoutEmail: (): QuirkHooks => ({
    value: (key, value, route) => (key === "email" && route === groupMembers ? undefined : value),
  }),

  /** `email` and `user.email` are filled differently by state [S]: the former is missing. */
  emailOfUserOnly: (): QuirkHooks =>
    everyMember(({ email, ...member }) => ({ ...member, user: { ...member.user, email: member.user.email ?? email } })),

  /** `email` and `user.email` are filled differently by state [S]: the latter is missing. */
  emailBesideUserOnly: (): QuirkHooks =>
    everyMember(({ email, user: { email: own, ...user }, ...member }) => ({ ...member, email: email ?? own, user })),

  /** `user.id`, `first_name` and `last_name` are null for somebody invited who has no user yet [S]; here for everybody. */
  userNull: (): QuirkHooks =>
    everyMember((member) => ({ ...member, user: { ...member.user, id: null, first_name: null, last_name: null } })),

  /** A user ID of zeros only has been seen [S]; here where there is none. */
  userIdZero: (): QuirkHooks =>
    everyMember((member) => ({ ...member, user: { ...member.user, id: member.user.id ?? "0".repeat(32) } })),

  /** A role's rights say `edit` in older answers [S]. */
  rolesWithEdit: (): QuirkHooks => renamed("write", "edit"),

  /** A role's rights say `write` in the reference [D]. */
  rolesWithWrite: (): QuirkHooks => renamed("edit", "write"),

  /** The answer to the invitation of a member was seen to leave out `roles` [S]; here every answer does. */
  rolesAbsent: (): QuirkHooks => everyMember(({ roles, ...member }) => member),

  /** Settings of an account can be null, one by one [S]. */
  accountSettingsNull: (): QuirkHooks => ({
    value: (key, value) =>
      key === "settings" && isObject(value) ? { abuse_contact_email: null, enforce_twofactor: null } : value,
  }),

  /** An account without settings and parent: neither is required by the reference [D]. */
  accountBare: (): QuirkHooks => ({
    value(_key, value) {
      if (!isObject(value) || !("legacy_flags" in value)) return value;
      const { id, name, type } = value;
      return { id, name, type };
    },
  }),
};
