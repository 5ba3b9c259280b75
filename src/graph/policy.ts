import { members } from "../cloudflare/members.ts";
import type { Policy } from "../cloudflare/policies.ts";
import { userGroups } from "../cloudflare/user-groups.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum } from "./cloudflare-enum.ts";
import type { Context } from "./context.ts";
import { assumes, type Refetch } from "./cost.ts";
import { findMember, MemberRef } from "./member.ts";
import { globalId, type Node, nodeCost, registerNodeLoader } from "./node.ts";
import { inOrder } from "./order.ts";
import { PermissionGroupNode, PermissionGroupRef } from "./permission-group.ts";
import { NEEDS_RESOLVER, plainProperty } from "./plain-property.ts";
import { ResourceGroupNode, ResourceGroupRef } from "./resource-group.ts";
import { policyKey, wholePolicyKey } from "./revision.ts";
import { resourceGroupKey } from "./scope-keys.ts";
import { findUserGroup, UserGroupRef } from "./user-group.ts";

/** Owner of policies, with its policies. */
export interface PolicyOwner extends Node {
  type: "UserGroup" | "Member";
  accountId: string;
  record: { id: string; policies: Policy[] };
  /** Its policies in order, once they were asked for. */
  ordered?: PolicyNode[];
}

/** A policy within its owner: it cannot be read any other way. */
export class PolicyNode {
  readonly type = "Policy";
  readonly owner: PolicyOwner;
  readonly record: Policy;
  #permissionGroups: PermissionGroupNode[] | undefined;
  #resourceGroups: ResourceGroupNode[] | undefined;
  #place: string | undefined;

  constructor(owner: PolicyOwner, record: Policy) {
    this.owner = owner;
    this.record = record;
  }

  get id(): string {
    const { accountId, type, record } = this.owner;
    const key = keysOf(this.owner).get(this.record) ?? policyKey(this.record);
    return globalId("Policy", accountId, type, record.id, key);
  }

  get cloudflareId(): string | null | undefined {
    return this.record.id;
  }

  get access(): string | null | undefined | Error {
    const { access } = this.record;
    return !access || AccessEnum.knows(access) ? access : NEEDS_RESOLVER;
  }

  get permissionGroups(): PermissionGroupNode[] {
    this.#permissionGroups ??= inOrder(
      this.record.permission_groups.map((record) => new PermissionGroupNode(this.owner.accountId, record)),
      ({ cloudflareId }) => cloudflareId,
    );
    return this.#permissionGroups;
  }

  get resourceGroups(): ResourceGroupNode[] {
    this.#resourceGroups ??= inOrder(
      this.record.resource_groups.map((record) => new ResourceGroupNode(this.owner.accountId, record, this.owner)),
      ({ place }) => place,
    );
    return this.#resourceGroups;
  }

  /** Content of the policy, independent of its ID and the order of its lists: access, permission group IDs, scope keys. */
  get place(): string {
    if (this.#place !== undefined) return this.#place;
    let text = this.record.access ?? "";
    for (const { cloudflareId } of this.permissionGroups) text += ` ${cloudflareId}`;
    for (const { place } of this.resourceGroups) text += `\n${place}`;
    this.#place = text;
    return text;
  }
}

/**
 * The policies of an owner in an order that is the same on every read: by what they say; only equal ones by their IDs.
 * Worked out once, also where each policy leads to its owner and back.
 */
export function policiesOf(owner: PolicyOwner): PolicyNode[] {
  owner.ordered ??= inOrder(
    owner.record.policies.map((record) => new PolicyNode(owner, record)),
    ({ place }) => place,
    ({ record }) => record.id ?? "",
  );
  return owner.ordered;
}

/** Whether a policy allows or denies. */
export const AccessEnum = cloudflareEnum("Access", "Whether a policy allows or denies.", {
  allow: "Grants. Several policies add up.",
  deny: "Denies. Cloudflare rejects it in policies of user groups.",
});

const PolicyOwnerRef = builder.unionType("PolicyOwner", {
  description: "Owner of a policy: a user group, or a member directly.",
  types: () => [UserGroupRef, MemberRef],
  resolveType: (owner) => (owner as Node).type,
});

/** A policy. */
export const PolicyRef = builder.objectRef<PolicyNode>("Policy");
PolicyRef.implement({
  description:
    "Grants its owner permissions on resources: each permission group on each resource group. Part of its owner: read and " +
    "written with it.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", {
      nullable: false,
      description:
        "Global ID, made from the owner and what the policy says. It stays when the owner's policies are written again; a policy that " +
        "is changed has another one, and `node` returns null for the old one.",
    }),
    cloudflareId: t.exposeString("cloudflareId", {
      description: "Cloudflare's own ID, which changes with every write; null if Cloudflare omits it.",
    }),
    access: t.field({
      ...plainProperty,
      type: AccessEnum.type,
      description: "Whether the policy allows or denies.",
      resolve: ({ record }) => AccessEnum.read(record.access),
    }),
    permissionGroups: t.expose("permissionGroups", {
      type: [PermissionGroupRef],
      nullable: false,
      ...assumes(4),
      description: "Permission groups of the policy, ordered by Cloudflare's ID. Costs nothing.",
    }),
    resourceGroups: t.expose("resourceGroups", {
      type: [ResourceGroupRef],
      nullable: false,
      ...assumes(3),
      description: "Resource groups of the policy, ordered by the keys of their scopes. Costs nothing.",
    }),
    owner: t.field({
      type: PolicyOwnerRef,
      nullable: false,
      description: "Owner of the policy: a user group or a member. Costs nothing.",
      resolve: ({ owner }) => owner as never,
    }),
  }),
});

/** The contents of a policy are in its owner's account. */
function ownerAgain([accountId = "", of = "", id = ""]: string[]): Refetch | undefined {
  if (of === "UserGroup") return nodeCost(of, userGroups)([accountId, id]);
  return of === "Member" ? nodeCost(of, members)([accountId, id]) : undefined;
}

async function ownerOf(type: string, ...owner: [Context, string, string]): Promise<PolicyOwner | null> {
  if (type === "UserGroup") return findUserGroup(...owner);
  return type === "Member" ? (findMember(...owner) as Promise<PolicyOwner | null>) : null;
}

const idOf = ({ id }: Policy) => id ?? "";

const keys = new WeakMap<PolicyOwner, ReadonlyMap<Policy, string>>();

/**
 * Keys of an owner's policies: what each says. Of several that are shown as the same, the key says what is not known here, too, and ends
 * with a number, so that it never becomes that of a policy with, say, another condition.
 */
function keysOf(owner: PolicyOwner): ReadonlyMap<Policy, string> {
  const found = keys.get(owner);
  if (found) return found;
  const made = new Map<Policy, string>();
  const shown = Map.groupBy(owner.record.policies, policyKey);
  for (const [key, records] of shown) {
    if (records.length === 1) made.set(records[0] as Policy, key);
    else
      for (const [i, record] of inOrder(records, wholePolicyKey, idOf).entries())
        made.set(record, `${wholePolicyKey(record)}${i}`);
  }
  keys.set(owner, made);
  return made;
}

/** The policy of an owner by its key in a global ID, or by Cloudflare's ID. */
export function policyIn(owner: PolicyOwner, key: string): PolicyNode | undefined {
  const own = keysOf(owner);
  return policiesOf(owner).find(({ record }) => own.get(record) === key || record.id === key);
}

/** Objects within an owner: policies by their keys, anonymous resource groups by the hash of their scope. */
interface Within {
  readonly policies: ReadonlyMap<string, PolicyNode>;
  readonly places: ReadonlyMap<string, ResourceGroupNode>;
}

/** By the policies as they were read, so that an owner is gone through once, however many IDs name something in it. */
const known = new WeakMap<Policy[], Within>();

function withinOf(owner: PolicyOwner): Within {
  const found = known.get(owner.record.policies);
  if (found) return found;
  const [policies, places] = [new Map<string, PolicyNode>(), new Map<string, ResourceGroupNode>()];
  const own = keysOf(owner);
  for (const policy of policiesOf(owner)) {
    policies.set(own.get(policy.record) ?? "", policy);
    for (const place of policy.resourceGroups) {
      const hash = place.record.id ? undefined : resourceGroupKey(place.record);
      if (hash && !places.has(hash)) places.set(hash, place);
    }
  }
  const within = { policies, places };
  known.set(owner.record.policies, within);
  return within;
}

async function findWithin<K extends keyof Within>(kind: K, parts: string[], context: Context) {
  const [accountId = "", type = "", id = "", key = ""] = parts;
  const owner = await ownerOf(type, context, accountId, id);
  return (owner && withinOf(owner)[kind].get(key)) ?? null;
}

registerNodeLoader("Policy", 4, ownerAgain, (parts, context) => findWithin("policies", parts, context));
registerNodeLoader("ResourceGroup", 4, ownerAgain, (parts, context) => findWithin("places", parts, context));
