import type { InputRef } from "@pothos/core";
import { accountKeyOf, type Resource, resourceOf, zoneKeyOf } from "../../access/resource.ts";
import { isRawId, rawId } from "../argument.ts";
import { builder } from "../builder.ts";
import { badInput } from "../error.ts";
import { readGlobalId } from "../node.ts";
import { zoneNameOf } from "../zone.ts";

/** Which permission a question is about. */
export type PermissionAsked =
  | { id: string; label?: undefined; name?: undefined }
  | { label: string; id?: undefined; name?: undefined }
  | { name: string; id?: undefined; label?: undefined };

/** One of these fields, as the executor has checked it. */
export interface PermissionInput {
  id?: string | number | null | undefined;
  label?: string | null | undefined;
  name?: string | null | undefined;
}

/** Which permission, in a question. */
export const PermissionInputRef: InputRef<PermissionInput> = builder
  .inputRef<PermissionInput>("PermissionInput")
  .implement({
    description: "The permission that a question is about: exactly one of these.",
    isOneOf: true,
    fields: (t) => ({
      id: t.id({
        description: 'A permission group by its global ID or Cloudflare\'s: `"e713d034437c4c6d936daf981f29bf88"`.',
      }),
      label: t.string({
        description:
          'A permission group by its label: `"cache_domain_purge"`. Costs the catalogue: 1 call per 50 groups.',
      }),
      name: t.string({
        description:
          'A permission group by its name: `"Cache Domain Purge"`. Several groups of that name are an error that lists them. Costs ' +
          "the catalogue: 1 call per 50 groups.",
      }),
    }),
  });

/** One of these fields, as the executor has checked it. */
export interface ResourceInput {
  account?: boolean | null | undefined;
  zoneId?: string | null | undefined;
  zoneName?: string | null | undefined;
  key?: string | null | undefined;
}

/** Which resource, in a question. */
export const ResourceInputRef: InputRef<ResourceInput> = builder.inputRef<ResourceInput>("ResourceInput").implement({
  description: "The resource that a question is about: exactly one of these.",
  isOneOf: true,
  fields: (t) => ({
    account: t.boolean({
      description:
        "The whole account: `true`. For a permission that applies to zones: all zones, and every zone that is added later.",
    }),
    zoneId: t.string({
      description:
        'A zone by its Cloudflare ID: `"23f8d65290b24279ba6f44721b3eaad5"`. One that is not the account\'s is an error; where the token ' +
        "may not see zones, it is assumed to be the account's. Costs 1 call.",
    }),
    zoneName: t.string({
      description:
        'A zone by its name: `"shop.acme.example"`. One that the account does not have, or that the token may not see, is an error. ' +
        "Costs 1 call.",
    }),
    key: t.string({
      description:
        'Any resource by Cloudflare\'s key: `"com.cloudflare.api.account.worker.5f4d…"`. A key of unknown form is found only in ' +
        "policies that name it literally; whether others cover it is unknown.",
    }),
  }),
});

/** The argument `permission` of every question. */
export const permissionArgument = {
  type: PermissionInputRef,
  required: true,
  description: 'The permission: `{ label: "cache_domain_purge" }`.',
} as const;

/** The argument `on` of every question: the resource. */
export const resourceArgument = {
  type: ResourceInputRef,
  required: true,
  description: 'The resource: `{ zoneId: "23f8d65290b24279ba6f44721b3eaad5" }`, or `{ account: true }`.',
} as const;

/** Characters of a label, name or key. */
const MAX_TEXT = 255;

/** The permission of a question in an account, which may be unknown; throws the caller's mistake. */
export function permissionAsked({ id, label, name }: PermissionInput, accountId: string | undefined): PermissionAsked {
  if (id != null) return { id: ownId("PermissionGroup", String(id), accountId, "permission.id") };
  if (label != null) return { label: text(label, "permission.label") };
  return { name: text(name ?? "", "permission.name") };
}

/** The resource of a question: by its key, or a zone of which only the name is known. */
export type ResourceAsked =
  | { resource: Resource; argument: string; zoneName?: undefined }
  | { zoneName: string; argument: string; resource?: undefined };

/** The resource of a question in an account, which may be unknown; throws the caller's mistake. */
export function resourceAsked({ account, zoneId, zoneName, key }: ResourceInput, accountId = ""): ResourceAsked {
  if (account === false) throw badInput("on.account", "must be `true`; for anything else name a zone or a key");
  const of = (key: string, argument: string) => ({ resource: resourceOf(key, accountId), argument });
  if (account) return of(accountKeyOf(accountId), "on.account");
  if (zoneId != null) return of(zoneKeyOf(rawId(zoneId, "on.zoneId")), "on.zoneId");
  if (zoneName != null) return { zoneName: zoneNameOf(zoneName, "on.zoneName"), argument: "on.zoneName" };
  const asked = of(text(key ?? "", "on.key"), "on.key");
  if (asked.resource.kind === "foreign" && accountId !== "") throw badInput("on.key", "names another account");
  return asked;
}

/** Cloudflare's ID of something in an account: given as it is, or in a global ID of that account. */
export function ownId(type: string, id: string, accountId: string | undefined, argument: string): string {
  if (isRawId(id)) return id;
  const { type: found, parts: [account, own] = [] } = readGlobalId(id) ?? {};
  if (!found) throw badInput(argument, "must be a global ID, or a Cloudflare ID of 32 letters and digits");
  if (found !== type || own === undefined) throw badInput(argument, `must be of type ${type}, not ${found}`);
  if (accountId !== undefined && account !== accountId) throw badInput(argument, "is of another account");
  return own;
}

function text(given: string, argument: string): string {
  if (given.trim() === "") throw badInput(argument, "must not be empty");
  if (given.length > MAX_TEXT) throw badInput(argument, `must be at most ${MAX_TEXT} characters, not ${given.length}`);
  return given;
}
