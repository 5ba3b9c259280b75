import { type FragmentType, graphql, readFragment } from "./__generated__";
import { resourceWords } from "./policy";
import { href } from "./route";

/** The columns of the picture, from left to right. */
export const columns = ["person", "group", "policy", "permission", "resource"] as const;
export type Column = (typeof columns)[number];

/** Something that a path goes through. Names are other people's text. */
export interface Step {
  /** The same for the same thing, within its column. */
  key: string;
  name: string;
  /** Address of its screen, if it has one. */
  href?: string;
}

/** One way from a person to a resource. A member's own policies and legacy roles need no group. */
export type Path = { [Each in Exclude<Column, "group">]: Step } & { group: Step | null; access: Access };

/** What a policy does. Null where that could not be read. */
export type Access = "ALLOW" | "DENY" | null;

const MemberFragment = graphql(`
  fragment Paths_member on Member { id cloudflareId email }
`);

const PolicyFragment = graphql(`
  fragment Paths_policy on Policy {
    id
    access
    permissionGroups { id cloudflareId name }
    resourceGroups { id ...ResourceWords_group }
  }
`);

const GroupFragment = graphql(`
  fragment Paths_group on UserGroup { id cloudflareId name }
`);

const GrantFragment = graphql(`
  fragment Paths_grant on AccessGrant {
    access
    permissionGroup { id cloudflareId name }
    resourceGroup { id ...ResourceWords_group }
    sources {
      __typename
      ... on DirectPolicy { policy { id } }
      ... on GroupMembership { userGroup { id ...Paths_group } policy { id } }
      ... on LegacyRole { role { cloudflareId name } }
    }
  }
`);

type Masked<Fragment extends Parameters<typeof readFragment>[0]> = FragmentType<Fragment>;

/** A member as the beginning of paths. */
export function personStep(account: string, of: Masked<typeof MemberFragment>): Step {
  const { id, cloudflareId, email } = readFragment(MemberFragment, of);
  return { key: id, name: email ?? cloudflareId, href: href(["accounts", account, "people", cloudflareId]) };
}

/** A user group as a step of paths. */
export function groupStep(account: string, of: Masked<typeof GroupFragment>): Step {
  const { id, cloudflareId, name } = readFragment(GroupFragment, of);
  return { key: id, name: name ?? cloudflareId, href: href(["accounts", account, "groups", cloudflareId]) };
}

/** All paths of some people by the policies of one owner: a user group, or themselves. */
export function pathsOfPolicies(
  people: readonly Step[],
  group: Step | null,
  policies: readonly Masked<typeof PolicyFragment>[],
): Path[] {
  return policies.flatMap((masked, index) => {
    const { id, access, permissionGroups, resourceGroups } = readFragment(PolicyFragment, masked);
    const policy = { key: id, name: policyName(access, index) };
    return people.flatMap((person) =>
      permissionGroups.flatMap((permission) =>
        resourceGroups.map((resource) => ({
          person,
          group,
          policy,
          permission: { key: permission.id, name: permission.name ?? permission.cloudflareId },
          resource: resourceStep(resource),
          access,
        })),
      ),
    );
  });
}

/** The paths of one grant, one for each thing that it comes from. */
export function pathsOfGrant(account: string, person: Step, of: Masked<typeof GrantFragment>): Path[] {
  const { access, permissionGroup, resourceGroup, sources } = readFragment(GrantFragment, of);
  return sources.map((source) => {
    const role = source.__typename === "LegacyRole" ? source.role : undefined;
    const roleName = role?.name ?? role?.cloudflareId ?? "unknown";
    return {
      person,
      group: source.__typename === "GroupMembership" ? groupStep(account, source.userGroup) : null,
      policy:
        source.__typename === "LegacyRole"
          ? { key: `role ${roleName}`, name: `Role ${roleName}` }
          : { key: source.policy.id, name: policyName(access) },
      permission: permissionGroup
        ? { key: permissionGroup.id, name: permissionGroup.name ?? permissionGroup.cloudflareId }
        : { key: `role ${roleName}`, name: roleName },
      resource: resourceGroup ? resourceStep(resourceGroup) : { key: "the whole account", name: "the whole account" },
      access,
    };
  });
}

function policyName(access: Access, index?: number): string {
  const verb = access === "ALLOW" ? "allows" : access === "DENY" ? "denies" : "allows or denies";
  return index === undefined ? verb : `${index + 1}: ${verb}`;
}

/** A resource is what it covers: policies with the same resources written out have anonymous groups of their own. */
function resourceStep(of: Parameters<typeof resourceWords>[0]): Step {
  const words = resourceWords(of);
  return { key: words, name: words };
}
