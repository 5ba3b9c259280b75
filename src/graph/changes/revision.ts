import { createHash } from "node:crypto";
import { UnreadableRecord } from "../../cloudflare/error.ts";
import { members } from "../../cloudflare/members.ts";
import { resourceGroups } from "../../cloudflare/resource-groups.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { MemberNode } from "../member.ts";
import type { Node } from "../node.ts";
import { ResourceGroupNode } from "../resource-group.ts";
import { memberRevision, membersRevision, revisionOf } from "../revision.ts";
import { scopeKeys } from "../scope-keys.ts";
import type { AccessChanges } from "./access-changes.ts";
import { changeOf } from "./placeholders.ts";
import type { Simulation } from "./simulation.ts";

/** Something that a preview rests on: what it is, and what it is like now. */
export interface Part {
  what: string;
  node: Node;
  /** What of it: the thing itself, who is in it, or the user groups it is in. */
  aspect: "itself" | "members" | "groups";
  state: string;
}

/** Everything that changes touch, as it is before them: user groups, who is in them, members, and resource groups. */
export async function partsOf(
  { accountId, copy, before }: Simulation,
  { before: now, groupsOfGone }: AccessChanges,
): Promise<Part[]> {
  const parts: Part[] = [];
  const { loaders } = before;
  const { touched } = copy;
  for (const { id, node } of now.groups) {
    if (!node || !(touched.groups.has(id) || touched.memberships.has(id))) continue;
    const { name, policies } = node.record;
    const what = `the user group ${name ?? id}`;
    parts.push({ what, node, aspect: "itself", state: stateOf(() => revisionOf(node.record)) });
    if (!touched.memberships.has(id) && isEmpty(policies)) continue;
    const group = { account_id: accountId, user_group_id: id };
    const list = await loaders.window(userGroups.members.list, group, 0, Infinity).catch(() => undefined);
    const ids = list?.records.map((each) => ({ id: each.id ?? "" }));
    parts.push({ what: `who is in ${what}`, node, aspect: "members", state: ids ? membersRevision(ids) : "unread" });
  }
  for (const id of touched.members) {
    // One who is not in the list may still be read alone, as the change reads them.
    const alone = () => loaders.one(members, { account_id: accountId }, id).catch(() => undefined);
    const member = now.members.get(id) ?? (changeOf(id) === undefined ? await alone() : undefined);
    if (!member) continue;
    const node = new MemberNode(accountId, member);
    const what = `the member ${member.email ?? member.user?.email ?? id}`;
    parts.push({ what, node, aspect: "itself", state: stateOf(() => memberRevision(member)) });
    const groups = groupsOfGone.get(id);
    const state = groups?.toSorted().join();
    if (state !== undefined) parts.push({ what: `the user groups of ${what}`, node, aspect: "groups", state });
  }
  for (const id of touched.resourceGroups) {
    const group = await before.loaders.one(resourceGroups, { account_id: accountId }, id).catch(() => undefined);
    if (!group || group instanceof UnreadableRecord) continue;
    const state = JSON.stringify([group.name ?? null, scopeKeys(group)]);
    parts.push({
      what: `the resource group ${group.name ?? id}`,
      node: new ResourceGroupNode(accountId, group),
      aspect: "itself",
      state,
    });
  }
  return parts;
}

/** Characters of a revision for each part: half of them say which part it is, half what it is like. */
const EACH = 16;

/** The parts as one word, which tells for each of them whether it has changed. */
export function wordOf(parts: readonly Part[]): string {
  const words = parts.map(({ node, aspect, state }) => short(nameOf({ node, aspect })) + short(state));
  return words.length > 0 ? words.sort().join("") : short("") + short("");
}

/** Parts that are not as they were when a revision was made; of what is not there any more nothing is told. */
export function movedSince(revision: string, parts: readonly Part[]): Part[] {
  const seen = new Map<string, string>();
  for (let at = 0; at < revision.length; at += EACH) {
    seen.set(revision.slice(at, at + EACH / 2), revision.slice(at + EACH / 2, at + EACH));
  }
  return parts.filter((part) => seen.get(short(nameOf(part))) !== short(part.state));
}

/** Whether a text has the form of a revision. */
export function isRevision(text: string): boolean {
  return text.length > 0 && text.length % EACH === 0 && /^[\w-]+$/.test(text);
}

/** Names change: it is the kind and the ID that tell what it is. */
function nameOf({ node, aspect }: Pick<Part, "node" | "aspect">): string {
  const { id } = (node as unknown as { record: { id: string } }).record;
  return `${node.type} ${id} ${aspect}`;
}

function short(text: string): string {
  return createHash("sha256")
    .update(text)
    .digest("base64url")
    .slice(0, EACH / 2);
}

function isEmpty(policies: readonly unknown[]): boolean {
  return stateOf(() => String(policies.length)) === "0";
}

/** What something is like; of what cannot be read, that it cannot. */
function stateOf(read: () => string): string {
  try {
    return read();
  } catch {
    return "unread";
  }
}
