import type { userGroups } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { byText, contains, paginateWithPages } from "./page.ts";
import { refusePolicyIds, writePolicies } from "./policies.ts";
import type { AccountState, UserGroup } from "./state.ts";

/** User groups by name. There is no version to send along: the last writer wins. */
export const userGroupHandlers: Handlers<typeof userGroups> = {
  list({ account, query: { id, name, fuzzyName, direction }, page }) {
    const all = [...account.userGroups.values()];
    const found = all.filter(
      (group) =>
        (id === undefined || group.id === id) &&
        (name === undefined || group.name === name) &&
        contains(group.name, fuzzyName),
    );
    const { result, result_info } = paginateWithPages(
      page,
      found.sort(byText((group) => group.name, direction)),
      all.length,
    );
    return { result: result.map(sent), result_info };
  },
  get: ({ account, params }) => ({ result: sent(findUserGroup(account, params.user_group_id)) }),

  create({ account, body, ids, lag }) {
    refuseNameInUse(account, body.name);
    const policies = writePolicies(account, body.policies ?? [], ids);
    const now = ids.microseconds();
    const group: UserGroup = {
      id: ids.id("user group"),
      name: body.name,
      created_on: now,
      modified_on: now,
      policies,
      members: new Map(),
      scim: false,
      lag,
    };
    account.userGroups.set(group.id, group);
    return { result: sent(group) };
  },
  /** Policies replace the whole set; a body without them keeps the set (assumed). */
  update({ account, params, body: { name, policies }, raw, ids }) {
    const group = findUserGroup(account, params.user_group_id);
    refusePolicyIds(raw);
    if (name !== undefined && name !== group.name) {
      refuseScim(group);
      refuseNameInUse(account, name);
    }
    if (policies) group.policies = writePolicies(account, policies, ids);
    group.name = name ?? group.name;
    group.modified_on = ids.microseconds();
    return { result: sent(group) };
  },
  /** The memberships go with the group [S]. */
  remove({ account, params }) {
    const group = findUserGroup(account, params.user_group_id);
    refuseScim(group);
    account.userGroups.delete(group.id);
    return { result: { id: group.id } };
  },
};

/** A group as Cloudflare sends it: `status` that the reference does not know, no `policies` when there are none [D]. */
function sent({ id, name, policies, created_on, modified_on }: UserGroup) {
  return { id, name, status: "V", ...(policies.length && { policies }), created_on, modified_on };
}

export function findUserGroup(account: AccountState, id: string): UserGroup {
  const group = account.userGroups.get(id);
  if (!group) throw serviceError(404, `User group ${id} not found`);
  return group;
}

/** 400, never 409 [S]; whether case counts is not known, here it does. */
function refuseNameInUse(account: AccountState, name: string): void {
  for (const group of account.userGroups.values()) {
    if (group.name === name) throw serviceError(400, `User group name ${name} is already in use`);
  }
}

/** Locked for everybody but SCIM [D]; how Cloudflare says so is not public, status and text are assumed. */
export function refuseScim(group: UserGroup): void {
  if (group.scim) throw serviceError(400, `User group ${group.id} is managed by SCIM`);
}
