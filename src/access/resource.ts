import type { Scope } from "../cloudflare/resource-groups.ts";

/** A resource, or a set of them, by its key. */
export interface Resource {
  readonly kind: "account" | "allZones" | "zone" | "single" | "foreign" | "other";
  /** Cloudflare's key: `com.cloudflare.api.account.zone.<id>`. */
  readonly key: string;
  /** A zone's, where it was read. */
  readonly name?: string | undefined;
}

/** How far a grant reaches. */
export type Coverage = "account" | "allZones" | "zone" | "resource" | "unknown";

/** How the resources of a grant stand to the one that is asked for. */
export type ResourceRelation =
  /** It covers all that was asked. */
  | "covers"
  /** It covers a part of what was asked. */
  | "part"
  /** A key of unknown form: it may cover it. */
  | "unknown"
  | "none";

const PREFIX = "com.cloudflare.api.account.";

/** The key of an account as a whole. */
export function accountKeyOf(accountId: string): string {
  return PREFIX + accountId;
}

/** The key of one zone. */
export function zoneKeyOf(zoneId: string): string {
  return `${PREFIX}zone.${zoneId}`;
}

/** The ID in the key of a zone, and of any other single resource. */
export function idIn({ key }: Resource): string {
  return key.slice(key.lastIndexOf(".") + 1);
}

/**
 * What a key names in an account. `zone.*` was seen in policies of tokens [S], `<type>.<id>` is documented for Workers and seen
 * for others; a key of any other form is `other`.
 */
export function resourceOf(key: string, accountId: string): Resource {
  if (!key.startsWith(PREFIX)) return { kind: "other", key };
  const [first = "", second, ...more] = key.slice(PREFIX.length).split(".");
  if (more.length > 0 || first === "") return { kind: "other", key };
  if (second === undefined) return { kind: first === accountId ? "account" : "foreign", key };
  if (first === "zone" && second === "*") return { kind: "allZones", key };
  if (!/^\w+$/.test(first) || !/^[\w-]+$/.test(second)) return { kind: "other", key };
  return { kind: first === "zone" ? "zone" : "single", key };
}

/** What one object of a scope names. */
function placeOf(scopeKey: string, objectKey: string, accountId: string): Resource {
  if (objectKey === "*") return resourceOf(scopeKey, accountId);
  const scope = resourceOf(scopeKey, accountId);
  if (scope.kind === "foreign") return scope;
  if (scope.kind !== "account") return { kind: "other", key: objectKey };
  const object = resourceOf(objectKey, accountId);
  return object.kind === "account" || object.kind === "foreign" ? { kind: "other", key: objectKey } : object;
}

/** Resources of the scopes of one account; each pair of keys is taken apart once. */
export class Places {
  readonly #accountId: string;
  readonly #known = new Map<string, Resource>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** What a scope names; a scope without objects names something unknown. */
  of({ key, objects }: Scope): Resource[] {
    if (objects.length === 0) return [{ kind: "other", key: "" }];
    return objects.map((object) => {
      const pair = `${key} ${object.key}`;
      const place = this.#known.get(pair) ?? placeOf(key, object.key, this.#accountId);
      this.#known.set(pair, place);
      return place;
    });
  }
}

const coverages: Record<Resource["kind"], Coverage> = {
  account: "account",
  allZones: "allZones",
  zone: "zone",
  single: "resource",
  foreign: "unknown",
  other: "unknown",
};

/** How far a grant on a resource reaches. */
export function coverageOf({ kind }: Resource): Coverage {
  return coverages[kind];
}

/** How a granted resource stands to the one that is asked for. A key of unknown form covers nothing but its own text. */
export function relationOfResources(granted: Resource, asked: Resource): ResourceRelation {
  if (granted.key === asked.key) return "covers";
  if (granted.kind === "foreign") return "none";
  if (granted.kind === "other" || asked.kind === "other") return "unknown";
  if (granted.kind === "account") return "covers";
  if (asked.kind === "account") return "part";
  if (granted.kind === "allZones") return asked.kind === "zone" || asked.kind === "allZones" ? "covers" : "none";
  return granted.kind === "zone" && asked.kind === "allZones" ? "part" : "none";
}

/** Content of a resource group that two policies may have in common: its scopes or, where nothing tells them, its ID. */
export function contentOf(id: string | null | undefined, scopes: readonly Scope[] | undefined): string {
  const texts = scopes?.map(({ key, objects }) => [key, ...objects.map((object) => object.key).sort()].join(" "));
  return texts ? texts.sort().join("\n") : (id ?? "");
}
