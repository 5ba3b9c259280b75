import type { Directory } from "../../access/question.ts";
import { contentOf } from "../../access/resource.ts";
import { addressOf } from "../../access/who-can.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { madeBy, readTokens } from "../access/token-grant.ts";
import { withoutAddress } from "../access/unread.ts";
import type { AccessChanges } from "./access-changes.ts";
import type { ChangeWarning, Warnings } from "./change-warning.ts";
import { lastHolders } from "./last-holders.ts";
import type { SimulatedChange, Simulation } from "./simulation.ts";

/** Everything to look at: of each change in order, then of all together. */
export async function warningsOf(simulation: Simulation, access: AccessChanges): Promise<Warnings> {
  const [tokens, holders] = [await tokensThatStay(simulation, access), await lastHolders(simulation, access)];
  const { directory } = access.after.question;
  const names = new Map(access.before.groups.map(({ id, name }) => [id, name ?? id]));
  const ofEach = simulation.changes.flatMap((each) => [
    ...confirmations(each),
    ...keptByDirectory(each, names),
    ...tokens.warnings.filter(({ change }) => change === each.change.at),
    ...withoutEffect(each, directory),
  ]);
  return { warnings: [...ofEach, ...holders.warnings], unread: [...tokens.unread, ...holders.unread] };
}

const says = {
  LAST_SUPER_ADMINISTRATOR: "Nobody would be left who certainly is a Super Administrator of the account.",
  OWN_MEMBERSHIP: "It takes rights from your own membership.",
  OWN_MEMBERSHIP_UNKNOWN: "Whether it takes rights from your own membership could not be told.",
};

function confirmations({ change: { at }, needs, ownUnknown }: SimulatedChange): ChangeWarning[] {
  const codes = [...needs, ...(ownUnknown ? (["OWN_MEMBERSHIP_UNKNOWN"] as const) : [])];
  return codes.map((code) => ({ code, change: at, message: says[code] }));
}

/** Writes to what a directory would keep of a user group: its name, its members, its end. Policies are not among them [D]. */
function keptByDirectory({ change, calls }: SimulatedChange, names: ReadonlyMap<string, string>): ChangeWarning[] {
  const ids = calls.flatMap(({ method, path }) => {
    const [, id = "", ofMembers] = /\/user_groups\/(\w+)(\/members)?/.exec(path) ?? [];
    const writes =
      method === "DELETE" || (ofMembers ? method !== "GET" : method === "PUT" && change.input.name != null);
    return id && writes ? [id] : [];
  });
  return [...new Set(ids)].flatMap((id) => {
    const name = names.get(id);
    // The names of user groups of a directory cannot begin so [D].
    if (name === undefined || name.startsWith("CF")) return [];
    const message = `A directory may keep ${name} through SCIM: then Cloudflare refuses this change.`;
    return [{ code: "DIRECTORY_MAY_KEEP", change: change.at, message }];
  });
}

/** Tokens that a message names. */
const NAMED = 3;

/** API tokens of the account that those made who leave. */
async function tokensThatStay(
  { accountId, changes, copy, before }: Simulation,
  access: AccessChanges,
): Promise<Warnings> {
  const leaving = changes.flatMap(({ change, calls }) =>
    calls.flatMap(({ method, path }) => {
      const [, id = ""] = method === "DELETE" ? (/\/accounts\/\w+\/members\/(\w+)$/.exec(path) ?? []) : [];
      const member = copy.members.get(id) === null ? access.before.members.get(id) : undefined;
      return member ? [{ at: change.at, member }] : [];
    }),
  );
  if (leaving.length === 0) return { warnings: [], unread: [] };
  const { records, unread } = await readTokens(accountId, before);
  const warnings = leaving.flatMap(({ at, member }): ChangeWarning[] => {
    const address = addressOf(member);
    const theirs = madeBy(address, records).tokens ?? [];
    if (address === "" || theirs.length === 0) return [];
    const names = theirs.slice(0, NAMED).map(({ id, name, status }) => {
      const isOff = status === "disabled" || status === "expired";
      return `${name ?? id}${isOff ? ` (${status})` : ""}`;
    });
    const more = theirs.length > NAMED ? ` and ${theirs.length - NAMED} more` : "";
    const message = `API tokens of the account that ${address} made stay as they are: ${names.join(", ")}${more}.`;
    return [{ code: "TOKENS_STAY", change: at, message }];
  });
  const nameless = leaving.filter(({ member }) => addressOf(member) === "").map(({ member }) => withoutAddress(member));
  return { warnings, unread: [...unread, ...nameless, ...madeBy("", records).unread] };
}

/** Policies that are written and grant nothing that their owner does not grant by its other ones. */
function withoutEffect({ change: { at }, policies }: SimulatedChange, directory: Directory): ChangeWarning[] {
  if (!policies) return [];
  const { before, after } = policies;
  const written = after.filter((policy) => !before.includes(policy));
  const code = "NOTHING_CHANGES";
  if (written.length === 0 && before.length === after.length && after.length > 0) {
    return [{ code, change: at, message: "All policies stay as they are." }];
  }
  return written.flatMap((policy): ChangeWarning[] => {
    const others = new Set(after.filter((each) => each !== policy).flatMap((each) => grantsOf(each, directory)));
    if (!grantsOf(policy, directory).every((grant) => others.has(grant))) return [];
    const message = `Policy ${after.indexOf(policy)} of ${after.length} grants nothing that the others do not grant.`;
    return [{ code, change: at, message }];
  });
}

/** What a policy grants: each permission on each set of resources, in a word. */
function grantsOf({ access, permission_groups, resource_groups }: Policy, directory: Directory): string[] {
  const places = resource_groups.map((group) => contentOf(group.id, directory.scopes(group)));
  return permission_groups.flatMap(({ id }) => places.map((place) => `${access} ${id} ${place}`));
}
