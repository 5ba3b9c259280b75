import { type Account, type Grant, type Model, scopeText } from "./model.ts";

/** An input as it is posted. */
export type Input = { [field: string]: unknown };
export interface PolicyInput {
  access?: string | null;
  permissionGroupIds?: string[] | null;
  resourceGroups?: { id?: string; scope?: ScopeInput }[] | null;
}
export interface ScopeInput {
  account?: boolean;
  zoneIds?: string[];
  raw?: { key: string; objects: string[] };
}

/** Why a mutation fails: as one of these. */
export class Fails extends Error {
  readonly kinds: string[];
  constructor(kinds: string[]) {
    super(kinds.join(" or "));
    this.kinds = kinds;
  }
}

export function fail(...kinds: string[]): never {
  throw new Fails(kinds);
}

/** Refuses what our own checks should find. */
export function must(right: boolean): asserts right {
  if (!right) fail("InvalidInput");
}

export const isId = (text: unknown): text is string => typeof text === "string" && /^[0-9A-Za-z]{32}$/.test(text);

/** Type and parts of a global ID. */
export function parts(id: unknown): string[] {
  return Buffer.from(String(id), "base64url").toString().split(":");
}

export function accountOf(model: Model, id: unknown): Account {
  const [type, own = ""] = parts(id);
  return model.accounts.get(isId(id) ? id : type === "Account" ? own : "") ?? fail("InvalidInput");
}

/** A further ID, of the same account. */
export function idOf(type: string, id: unknown, account: Account): string {
  if (isId(id)) return id;
  const [of, home, own = "", ...more] = parts(id);
  must(of === type && home === account.id && isId(own) && more.length === 0);
  return own;
}

export function first(
  model: Model,
  type: string,
  input: Input,
  field = "userGroupId",
): { account: Account; id: string } {
  const home = isId(input[field]) ? input.accountId : (input.accountId ?? parts(input[field])[1]);
  must(home != null);
  const account = accountOf(model, home);
  return { account, id: idOf(type, input[field], account) };
}

export function distinct(ids: string[], least = 0): string[] {
  must(ids.length >= least && new Set(ids).size === ids.length);
  return ids;
}

export function nameOf({ name }: Input): string | undefined {
  if (name == null) return undefined;
  must(typeof name === "string" && name.trim() !== "" && !name.includes("\0"));
  return name;
}

export function revisionOf({ expectedRevision }: Input): string | undefined {
  must(expectedRevision == null || String(expectedRevision).length === 22);
  return expectedRevision == null ? undefined : String(expectedRevision);
}

export function scopeOf({ id }: Account, { account, zoneIds, raw }: ScopeInput): string {
  const key = `com.cloudflare.api.account.${id}`;
  must(account !== false);
  if (account) return `${key} *`;
  if (raw) must(raw.key.trim() !== "");
  const objects = raw
    ? raw.objects
    : (zoneIds ?? []).map((zone) => (isId(zone) ? `com.cloudflare.api.account.zone.${zone}` : ""));
  must(distinct(objects, 1).every((object) => object !== ""));
  return scopeText({ key: raw ? raw.key : key, objects: objects.map((object) => ({ key: object })) });
}

/** The parts of a policy that are given. */
export function grantOf(
  account: Account,
  { access, permissionGroupIds, resourceGroups }: PolicyInput,
  ofMember = false,
): Partial<Grant> {
  const permissions = permissionGroupIds?.map((id) => idOf("PermissionGroup", id, account));
  const places = resourceGroups?.map(({ id, scope }) =>
    scope ? scopeOf(account, scope) : idOf("ResourceGroup", id, account),
  );
  must(ofMember || access !== "DENY");
  return {
    ...(access != null && { access }),
    ...(permissions && { permissions: distinct(permissions, 1).sort() }),
    ...(places && { places: distinct(places, 1).sort() }),
  };
}

export function grantsOf(account: Account, policies: unknown, ofMember = false): Grant[] {
  return (policies as PolicyInput[]).map((policy) => grantOf(account, policy, ofMember) as Grant);
}
