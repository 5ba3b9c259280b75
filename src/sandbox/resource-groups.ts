import type { resourceGroups } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import type { AccountState, NamedResourceGroup, Scope } from "./state.ts";

/** Resource groups: always one page, `per_page` is ignored, without `result_info`. Names are not unique [S]. */
export const resourceGroupHandlers: Handlers<typeof resourceGroups> = {
  list({ account, query: { id, name } }) {
    const found = [...account.resourceGroups.values()].filter(
      (group) => (id === undefined || group.id === id) && (name === undefined || group.name === name),
    );
    return { result: found.length ? found : null };
  },
  get: ({ account, params }) => ({ result: find(account, params.resource_group_id) }),

  create({ account, body: { name, scope }, ids }) {
    checkScope(account, scope);
    const now = ids.microseconds();
    const group = {
      id: ids.id("resource group"),
      name,
      meta: { editable: "true" },
      scope,
      created_on: now,
      modified_on: now,
    };
    account.resourceGroups.set(group.id, group);
    return { result: group };
  },
  update({ account, params, body: { name, scope }, ids }) {
    const group = editable(find(account, params.resource_group_id));
    if (scope) checkScope(account, scope);
    Object.assign(group, name && { name }, scope && { scope }, { modified_on: ids.microseconds() });
    return { result: group };
  },
  /** Also while policies name it: those policies do not validate any longer (assumed). */
  remove({ account, params }) {
    const { id } = editable(find(account, params.resource_group_id));
    account.resourceGroups.delete(id);
    return { result: { id } };
  },
};

function find(account: AccountState, id: string): NamedResourceGroup {
  const group = account.resourceGroups.get(id);
  if (!group) throw serviceError(404, `Resource group ${id} not found`);
  return group;
}

/** Seen for deletion [S]; assumed for changes. */
function editable(group: NamedResourceGroup): NamedResourceGroup {
  if (group.meta?.editable === "false") throw serviceError(422, `Resource group ${group.id} is non-editable`);
  return group;
}

/** A scope lies in its own account, or in one zone (assumed). */
export function isScopeOf(account: AccountState, { key, objects }: Scope): boolean {
  const known =
    key === `com.cloudflare.api.account.${account.details.id}` ||
    /^com\.cloudflare\.api\.account\.zone\.\w+$/.test(key);
  return known && objects.length > 0 && objects.every((object) => object.key !== "");
}

function checkScope(account: AccountState, scope: Scope): void {
  if (!isScopeOf(account, scope)) throw serviceError(400, "Resource group scope is invalid");
}
