import type { permissionGroups } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { paginate } from "./page.ts";

/** The catalogue of what may be done, in no order that means anything. */
export const permissionGroupHandlers: Handlers<typeof permissionGroups> = {
  list({ account, query: { id, name, label }, page }) {
    const all = [...account.permissionGroups.values()];
    const found = all.filter(
      (group) =>
        (id === undefined || group.id === id) &&
        (name === undefined || group.name === name) &&
        (label === undefined || group.meta.label === label),
    );
    return paginate(page, found, all.length);
  },
  get({ account, params }) {
    const group = account.permissionGroups.get(params.permission_group_id);
    if (group) return { result: group };
    // No public record of this one: assumed like its sibling, the resource group.
    throw serviceError(404, `Permission group ${params.permission_group_id} not found`);
  },
};
