import { type FragmentType, graphql, readFragment } from "./__generated__";
import type { ResourceWords_GroupFragment } from "./__generated__/graphql";
import { Text } from "./text";

const ResourceFragment = graphql(`
  fragment ResourceWords_group on ResourceGroup {
    id
    name
    scopes { key kind zone { id name } objects { key kind zone { id name } } }
  }
`);

const PolicyFragment = graphql(`
  fragment PolicyWords_policy on Policy {
    id
    access
    permissionGroups { id cloudflareId name }
    resourceGroups { id ...ResourceWords_group }
  }
`);

/** A resource group in words: its name, and what is in it. */
export function resourceWords(of: FragmentType<typeof ResourceFragment>): string {
  const { name, scopes } = readFragment(ResourceFragment, of);
  const what = scopes?.flatMap(scopeWords).join(", ") ?? "resources that could not be read";
  // Groups that Cloudflare has made have the key of their scope as their name.
  return name && scopes?.every(({ key }) => key !== name) ? `${name} (${what})` : what;
}

type Scope = NonNullable<ResourceWords_GroupFragment["scopes"]>[number];

function scopeWords({ key, kind, zone, objects }: Scope): string[] {
  const named = kind === "ACCOUNT" ? "the whole account" : (zone?.name ?? key);
  return objects.map((object) => (object.kind === "ALL" ? named : (object.zone?.name ?? object.key)));
}

const GrantFragment = graphql(`
  fragment GrantWords_grant on AccessGrant {
    access
    permissionGroup { id cloudflareId name }
    role { cloudflareId name }
    resourceGroup { id ...ResourceWords_group }
  }
`);

/** A grant in words: “DNS on the whole account”. */
export function grantWords(of: FragmentType<typeof GrantFragment>): string {
  const { access, permissionGroup, role, resourceGroup } = readFragment(GrantFragment, of);
  const { name, cloudflareId } = permissionGroup ?? role ?? { name: "a permission", cloudflareId: "" };
  const what = `${name ?? cloudflareId} on ${resourceGroup ? resourceWords(resourceGroup) : "the whole account"}`;
  return access === "DENY" ? `the denial of ${what}` : what;
}

/** A policy in a sentence. */
export function PolicyWords({ of }: { of: FragmentType<typeof PolicyFragment> }) {
  const { access, permissionGroups, resourceGroups } = readFragment(PolicyFragment, of);
  return (
    <>
      {accessWords(access)}{" "}
      <Listed of={permissionGroups.map(({ name, cloudflareId }) => name ?? cloudflareId)} strong /> on{" "}
      <Listed of={resourceGroups.map(resourceWords)} />.
    </>
  );
}

/** “Allows”, or “Denies”. */
export function accessWords(access: "ALLOW" | "DENY" | null | undefined): string {
  if (access === "ALLOW") return "Allows";
  return access === "DENY" ? "Denies" : "Allows or denies (that could not be read)";
}

function Listed({ of, strong = false }: { of: string[]; strong?: boolean }) {
  return of.map((text, index) => (
    <span key={index}>
      {index > 0 && (index === of.length - 1 ? " and " : ", ")}
      {strong ? (
        <strong>
          <Text of={text} />
        </strong>
      ) : (
        <Text of={text} />
      )}
    </span>
  ));
}
