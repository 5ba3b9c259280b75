import type { PermissionGroup } from "../cloudflare/permission-groups.ts";

/** What is known of a permission group, from the catalogue or from a policy; of a legacy role, the same. */
export interface Permission {
  readonly id: string;
  /** `dns_admin`; `undefined` where nothing told it. */
  readonly label?: string | undefined;
  readonly name?: string | undefined;
  /** Types of resource on which it can be granted; `undefined` where nothing told them. */
  readonly scopes?: readonly string[] | undefined;
}

const ZONE = "com.cloudflare.api.account.zone";

/** All privileges on an account. It has no ID here: policies and roles have it under different ones, and are known by label and name. */
export const superAdministrator: Permission = {
  id: "",
  label: "all_privileges",
  name: "Super Administrator - All Privileges",
  scopes: ["com.cloudflare.api.account"],
};

/** A permission as a record of its permission group has it. */
export function permissionOf({ id, name, meta, scopes }: PermissionGroup): Permission {
  const types = scopes ?? meta?.scopes;
  return {
    id,
    label: meta?.label ?? undefined,
    name: name ?? undefined,
    scopes: typeof types === "string" ? types.match(/[\w.]+/g)?.map(String) : (types ?? undefined),
  };
}

/** Whether a permission applies to zones alone; `undefined` where its types are not known. */
export function isOfZones({ scopes }: Permission): boolean | undefined {
  if (!scopes || scopes.length === 0) return undefined;
  return scopes.every((scope) => scope === ZONE);
}

/** Whether too little is known of a permission to tell what it holds. */
export function isNameless({ label, name }: Permission): boolean {
  return label === undefined && name === undefined;
}
