import type { PermissionGroup } from "../cloudflare/permission-groups.ts";
import type { Policy } from "../cloudflare/policies.ts";
import type { ResourceGroup, Scope } from "../cloudflare/resource-groups.ts";
import { isNameless, isOfZones, type Permission, permissionOf } from "./permission.ts";
import { type PermissionRelation, reachesAccount, relationOf } from "./permission-relation.ts";
import {
  accountKeyOf,
  type Coverage,
  coverageOf,
  Places,
  type Resource,
  type ResourceRelation,
  relationOfResources,
} from "./resource.ts";

/** What is known of the groups that policies name: a policy may name them by ID alone. */
export class Directory {
  readonly #permissions = new Map<string, Permission>();
  readonly #scopes = new Map<string, Scope[]>();
  readonly #unnamed = new Set<string>();
  readonly #unplaced = new Set<string>();

  /** IDs of permission groups whose name is in no record. */
  get unnamed(): readonly string[] {
    return [...this.#unnamed];
  }

  /** IDs of resource groups whose scopes are in no record. */
  get unplaced(): readonly string[] {
    return [...this.#unplaced];
  }

  /** Learns from a record of the catalogue, or of a policy. */
  permissionGroup(record: PermissionGroup): void {
    const known = this.#permissions.get(record.id);
    if (known && !isNameless(known) && known.scopes) return;
    const found = permissionOf(record);
    const merged = known ? { ...known, ...withoutGaps(found) } : found;
    this.#permissions.set(record.id, merged);
    if (isNameless(merged)) this.#unnamed.add(record.id);
    else this.#unnamed.delete(record.id);
  }

  /** Learns from a record of the account's resource groups, or of a policy. */
  resourceGroup({ id, scope }: ResourceGroup): void {
    if (!id || this.#scopes.has(id)) return;
    if (!scope) return void this.#unplaced.add(id);
    this.#scopes.set(id, scope);
    this.#unplaced.delete(id);
  }

  /** Learns from the groups that a policy names. */
  policy({ permission_groups, resource_groups }: Policy): void {
    for (const record of permission_groups) this.permissionGroup(record);
    for (const record of resource_groups) this.resourceGroup(record);
  }

  /** Everything that is known of permission groups. */
  get permissions(): Iterable<Permission> {
    return this.#permissions.values();
  }

  /** What is known of a permission group. */
  permission(id: string): Permission {
    return this.#permissions.get(id) ?? { id };
  }

  /** The scopes of a resource group; `undefined` where nothing told them. */
  scopes({ id, scope }: ResourceGroup): Scope[] | undefined {
    return scope ?? (id ? this.#scopes.get(id) : undefined);
  }
}

/** The parts of an object that say something. */
function withoutGaps<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** How a resource group stands to what is asked for, and how far it reaches. */
export interface Reach {
  readonly relation: ResourceRelation;
  readonly coverage: Coverage;
}

/** What is asked for in an account. It knows how everything granted stands to it. */
export class Question {
  /** `undefined` for any: then whatever is granted is the one. */
  readonly permission: Permission | undefined;
  /** `undefined` for any: then whatever is granted covers it. */
  readonly resource: Resource | undefined;
  readonly directory: Directory;
  /** IDs of groups that mattered, and of which too little is known: permission groups without a name, resource groups without scopes. */
  readonly gaps: { readonly permissionGroups: Set<string>; readonly resourceGroups: Set<string> };
  readonly #places: Places;
  readonly #asked: Resource | undefined;
  readonly #relations = new Map<string, PermissionRelation>();

  constructor(
    accountId: string,
    permission: Permission | undefined,
    resource: Resource | undefined,
    directory: Directory,
  ) {
    this.permission = permission;
    this.resource = resource;
    this.directory = directory;
    this.gaps = { permissionGroups: new Set(), resourceGroups: new Set() };
    this.#places = new Places(accountId);
    // A permission of zones on a whole account is one on all its zones.
    const zones = permission && resource?.kind === "account" && isOfZones(permission);
    this.#asked = zones ? { kind: "allZones", key: `${accountKeyOf("zone")}.*` } : resource;
  }

  /** How a permission group that a policy names stands to the one that is asked for. */
  permissionRelation({ id }: PermissionGroup): PermissionRelation {
    if (!this.permission) return "same";
    const known = this.#relations.get(id);
    if (known) return known;
    const granted = this.directory.permission(id);
    const relation = relationOf(granted, this.permission);
    if (relation === "unknown" && isNameless(granted)) this.gaps.permissionGroups.add(id);
    this.#relations.set(id, relation);
    return relation;
  }

  /** How far a permission group on a resource group reaches, of all its scopes the one that reaches farthest. */
  reach(granted: PermissionGroup, on: ResourceGroup): Reach {
    const permission = this.directory.permission(granted.id);
    const scopes = this.directory.scopes(on);
    if (!scopes) {
      this.gaps.resourceGroups.add(on.id ?? "");
      return { relation: "unknown", coverage: "unknown" };
    }
    let best: Reach = { relation: "none", coverage: "unknown" };
    for (const scope of scopes) {
      for (const place of this.#places.of(scope)) {
        const reach = this.#reachOf(permission, place);
        if (isFarther(reach, best)) best = reach;
      }
    }
    return best;
  }

  #reachOf(permission: Permission, place: Resource): Reach {
    const { kind } = place;
    if (this.permission && kind !== "other" && kind !== "foreign" && reachesAccount(permission, this.permission)) {
      return { relation: "covers", coverage: "account" };
    }
    // On the whole account, a permission of zones is one on all zones.
    const zones = place.kind === "account" && isOfZones(permission);
    const granted: Resource = zones ? { kind: "allZones", key: `${accountKeyOf("zone")}.*` } : place;
    const isIt = !this.#asked || place.key === this.resource?.key;
    return { relation: isIt ? "covers" : relationOfResources(granted, this.#asked), coverage: coverageOf(granted) };
  }
}

const rank: Record<ResourceRelation, number> = { none: 0, part: 1, unknown: 2, covers: 3 };
const breadth: Record<Coverage, number> = { unknown: 0, resource: 1, zone: 2, allZones: 3, account: 4 };

function isFarther(a: Reach, b: Reach): boolean {
  if (a.relation !== b.relation) return rank[a.relation] > rank[b.relation];
  return breadth[a.coverage] > breadth[b.coverage];
}
