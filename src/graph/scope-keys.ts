import { createHash } from "node:crypto";
import type { ResourceGroup, Scope } from "../cloudflare/resource-groups.ts";
import { inOrder } from "./order.ts";

/** Key of a group within its account: its ID. Without one, key within the owner of its policy: a hash of its scopes. */
export function resourceGroupKey(record: ResourceGroup): string {
  return record.id ?? createHash("sha256").update(scopeKeys(record)).digest("base64url").slice(0, 22);
}

/** Keys of a group's scopes and objects, in order: what sorts and names groups, because nothing else about them is stable. */
export function scopeKeys({ scope }: Pick<ResourceGroup, "scope">): string {
  if (scope?.length === 1) return keysOf(scope[0] as Scope);
  let text = "";
  for (const each of inOrder(scope ?? [], keysOf)) text += text ? `\n${keysOf(each)}` : keysOf(each);
  return text;
}

/** The scopes of a group in order. */
export function scopesOf(scopes: ResourceGroup["scope"]): Scope[] | null | undefined {
  return scopes && scopes.length > 1 ? inOrder(scopes, keysOf) : scopes;
}

function keysOf({ key, objects }: Scope): string {
  let text = key;
  for (const object of objects.length > 1 ? inOrder(objects, keyOf) : objects) text += ` ${object.key}`;
  return text;
}

const keyOf = ({ key }: { key: string }) => key;
