import { globalId } from "../../reference/node.ts";

/** A list under some filters and an order, and cursors that stand in it. */
export interface List {
  asked: Record<string, string>;
  cursors: string[];
}

/** What one world can be asked for, and what it has not. */
export interface Supply {
  accounts: string[];
  /** Raw IDs by the name of the field that looks one up: `userGroup`. */
  raw: Record<string, string[]>;
  /** Global IDs of every type. */
  ids: string[];
  /** By the name of the list's field: `userGroups`; the members of a user group are `search`, the user groups of a member `ofMember`. */
  lists: Record<string, List[]>;
}

/** Asks one query, and gives its data. */
export type Ask = (query: string) => Promise<unknown>;

interface Found {
  id: string;
  cloudflareId: string;
  name: string | null;
  policies?: { id: string; resourceGroups: { id: string }[] }[];
}

const stranger = "0123456789abcdef0123456789abcdef";
const malformed = "../accounts";
const resources = ["userGroup", "member", "permissionGroup", "resourceGroup", "ssoConnector"] as const;
const policies = "policies { id resourceGroups { id } }";
const beyondIds: Record<(typeof resources)[number], string> = {
  userGroup: `name ${policies}`,
  member: policies,
  permissionGroup: "name label",
  resourceGroup: "name",
  ssoConnector: "",
};

/** Asks a world for what it has. The first account is asked for more than the others. */
export async function supplyOf(ask: Ask, accounts: string[], zones: [string, ...string[]]): Promise<Supply> {
  const [zoneId] = zones;
  const supply: Supply = {
    accounts: [...accounts, stranger, malformed],
    raw: { zone: [...zones, stranger] },
    ids: [],
    lists: {},
  };
  const names: Record<string, string> = {};
  const ids = accounts.map((id) => globalId("Account", id));
  for (const account of [...accounts].reverse()) {
    for (const resource of resources) {
      const fields = `id cloudflareId ${beyondIds[resource]}`;
      const data = await ask(
        `{ account(id: "${account}") { found: ${resource}s(first: 1000) { nodes { ${fields} } } } }`,
      );
      const { nodes } = (data as { account: { found: { nodes: Found[] } } }).account.found;
      const few = some(nodes);
      supply.raw[resource] = [...few.map(({ cloudflareId }) => cloudflareId), ...(supply.raw[resource] ?? [])];
      names[resource] = few.at(-1)?.name ?? names[resource] ?? "nobody";
      const own = few.flatMap((each) => each.policies ?? []);
      ids.push(...[...few, ...own, ...own.flatMap((policy) => policy.resourceGroups)].map(({ id }) => id));
    }
  }
  // Each zone as one of each account: only of its own it is there.
  ids.push(...accounts.flatMap((account) => zones.map((zone) => globalId("Zone", account, zone))));
  for (const account of accounts) {
    const data = await ask(`{ account(id: "${account}") { found: apiTokens(first: 1000) { nodes { id } } } }`);
    const { nodes } = (data as { account: { found: { nodes: { id: string }[] } } }).account.found;
    ids.push(...some(nodes).map(({ id }) => id));
  }
  const types = [
    "Account",
    "UserGroup",
    "Member",
    "PermissionGroup",
    "ResourceGroup",
    "SsoConnector",
    "Zone",
    "ApiToken",
    "Role",
    "User",
  ];
  const foreign = types.map((type) => globalId(type, ...(type === "Account" ? [] : [accounts[0] ?? ""]), stranger));
  supply.ids = [...new Set([...ids, ...foreign, globalId("UserGroup", stranger, stranger)])];

  const [account = ""] = accounts;
  const groups = supply.raw.userGroup?.slice(0, 2) ?? [];
  for (const resource of resources) supply.raw[resource]?.push(stranger, malformed);
  const one = (resource: string) => [
    { id: supply.raw[resource]?.[0] ?? stranger },
    { id: stranger },
    { id: malformed },
  ];
  const people = supply.raw.member?.slice(0, 2) ?? [];
  const both = [{ direction: "ASC" }, { direction: "DESC" }];
  const searches = [{ search: "e" }, { search: "EXAMPLE" }, { search: "1", direction: "DESC" }, { search: "nobody" }];
  const named = (resource: string) => [{ name: names[resource] ?? "" }, { name: "nobody" }, { name: "" }];
  const onZones = [{ zoneId }, { zoneId, direction: "DESC" }, { zoneId: stranger }, { zoneId, search: "e" }];
  const members = [{ search: "a" }, { search: "ACME", status: "PENDING" }, { search: "nobody" }, { search: "" }];
  const labels = [{ label: "dns_admin" }, { search: "READ" }, { search: "dns" }, { search: "nobody" }];
  const byName = [{ zoneName: "Shop.acme.example" }, { zoneName: "nobody.example" }, { zoneName: "is:x" }];
  const asked: [field: string, parents: string[], asked: Record<string, string>[]][] = [
    ["accounts", [""], [...both, { name: "Acme" }, { name: "nobody" }]],
    ["userGroups", [account], [...both, ...searches, ...named("userGroup"), ...one("userGroup"), ...onZones]],
    [
      "members",
      [account],
      [...both, ...orders, { status: "PENDING" }, { status: "ACCEPTED" }, { status: "REJECTED" }, ...members],
    ],
    ["permissionGroups", [account], [...named("permissionGroup"), ...one("permissionGroup"), ...labels]],
    [
      "resourceGroups",
      [account],
      [...named("resourceGroup"), ...one("resourceGroup"), { zoneId }, { zoneId: stranger }, ...byName],
    ],
    ["roles", [account], []],
    ["ssoConnectors", [account], []],
    ["apiTokens", [account], []],
    ["search", groups, [...both, ...searches]],
    ["ofMember", people, []],
  ];
  for (const [field, parents, variants] of asked) {
    supply.lists[field] = [{ asked: {}, cursors: [] }];
    for (const parent of parents) {
      for (const asked of [{}, ...variants]) {
        const [list = field, at = ""] =
          { search: ["members", `userGroup(id: "${parent}")`], ofMember: ["userGroups", `member(id: "${parent}")`] }[
            field
          ] ?? [];
        const page = `found: ${list}(first: 1000${written(asked)}) { edges { cursor } }`;
        const inside = at ? `at: ${at} { ${page} }` : page;
        const data = await ask(field === "accounts" ? `{ ${page} }` : `{ account(id: "${account}") { ${inside} } }`);
        supply.lists[field]?.push({ asked, cursors: some(edgesOf(data)).map(({ cursor }) => cursor) });
      }
    }
  }
  return supply;
}

const orders = ["FIRST_NAME", "LAST_NAME", "EMAIL", "STATUS"].flatMap((orderBy) => [
  { orderBy },
  { orderBy, direction: "DESC" },
]);

/** The first two, one in the middle, and the last two. */
function some<T>(all: T[]): T[] {
  const middle = Math.floor(all.length / 2);
  return [...new Set([...all.slice(0, 2), ...all.slice(middle, middle + 1), ...all.slice(-2)])];
}

function written(asked: Record<string, string>): string {
  return Object.entries(asked)
    .map(([name, value]) => `, ${name}: ${/direction|orderBy|status/.test(name) ? value : JSON.stringify(value)}`)
    .join("");
}

/** The edges of the list under the key `found`, wherever it stands. */
function edgesOf(data: unknown): { cursor: string }[] {
  if (typeof data !== "object" || data === null) return [];
  if ("found" in data) return (data.found as { edges: { cursor: string }[] } | null)?.edges ?? [];
  return Object.values(data).flatMap(edgesOf);
}
