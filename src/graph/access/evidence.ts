import type { GroupMatches, PolicyHolder } from "../../access/subject.ts";
import { isNotFound, UnreadableRecord } from "../../cloudflare/error.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import { type AccountNode, wholeAccount } from "../account.ts";
import type { Context } from "../context.ts";
import type { UserGroupNode } from "../user-group.ts";
import { type Unread, unread } from "./unread.ts";

/** A user group whose policies are evaluated. One that could not be read has no node, and its policies throw. */
export interface EvaluatedGroup extends PolicyHolder {
  readonly id: string;
  readonly name: string | undefined;
  readonly node: (UserGroupNode & { record: UserGroup }) | undefined;
}

/** What the policies of a group have to do with a question. */
export type Matches = GroupMatches<EvaluatedGroup>;

/** Everything of an account that a question may need, whoever it is about. Its calls are sent at once. */
export interface Evidence {
  groups: EvaluatedGroup[];
  /** Whether the account enforces two-factor authentication; `undefined` where it could not be read. */
  enforced: boolean | undefined;
  unread: Unread[];
  /** When reading began. */
  began: number;
}

/** Reads user groups and, unless only policies matter, the account's settings. Rejects where the account does not exist. */
export async function readEvidence(account: AccountNode, context: Context, settings = true): Promise<Evidence> {
  const began = Date.now();
  const [groups, enforcement] = await Promise.all([
    readGroups(account.id, context),
    settings ? readSettings(account, context) : { enforced: undefined, unread: [] },
  ]);
  return { ...groups, ...enforcement, unread: [...enforcement.unread, ...groups.unread], began };
}

async function readGroups(accountId: string, { loaders }: Context): Promise<Pick<Evidence, "groups" | "unread">> {
  const notes: Unread[] = [];
  const groups: EvaluatedGroup[] = [];
  try {
    const { records, shifted } = await loaders.window(userGroups.list, { account_id: accountId }, 0, Infinity);
    if (shifted) notes.push({ kind: "userGroups", what: null, reason: "The list changed while it was read." });
    for (const record of records) {
      if (record instanceof UnreadableRecord) {
        notes.push(unread("userGroup", record.id ?? null, record));
        groups.push(unreadable(record.id ?? "", record));
      } else groups.push(evaluated(accountId, record));
    }
  } catch (error) {
    notes.push(unread("userGroups", null, error));
    groups.push(unreadable("", error as Error));
  }
  return { groups, unread: notes };
}

function evaluated(accountId: string, record: UserGroup): EvaluatedGroup {
  const node = { type: "UserGroup" as const, accountId, record };
  return { id: record.id, name: record.name ?? undefined, policies: record.policies, node };
}

/** A group, or all of them, of which nothing is known but perhaps the ID. */
function unreadable(id: string, error: Error): EvaluatedGroup {
  return {
    id,
    name: undefined,
    node: undefined,
    get policies(): never {
      throw error;
    },
  };
}

async function readSettings(account: AccountNode, context: Context) {
  try {
    const { settings, managed_by } = await wholeAccount(account, context);
    const notes: Unread[] = [];
    if (managed_by) {
      const what = managed_by.parent_org_name ?? managed_by.parent_org_id ?? null;
      const reason =
        "An organization manages the account. Its Super Administrators have every permission, without a membership; this gateway " +
        "does not read them.";
      notes.push({ kind: "organizationAdministrators", what, reason });
    }
    return { enforced: settings?.enforce_twofactor ?? false, unread: notes };
  } catch (error) {
    if (isNotFound(error)) throw error;
    return { enforced: undefined, unread: [unread("account", null, error)] };
  }
}

/** When what an answer rests on was read: when reading began or, if the caller accepts older reads, when the oldest was sent. */
export function readAt({ began }: Evidence, context: Context): Date {
  return new Date(Math.min(began, context.oldestRead()));
}
