import { isPathId } from "../../cloudflare/endpoint.ts";
import { CloudflareError, UnreadableRecord } from "../../cloudflare/error.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import type { Context } from "../context.ts";
import { isMemberOf } from "./membership.ts";

/** A user group that a member is in; with an error, one of which that cannot be told. */
export type GroupOfMember =
  | { id: string; record: UserGroup; error?: undefined }
  | { id: string; record?: undefined; error: Error };

/** Members up to which each is looked up in each group, until the lists of the groups' members are cheaper. */
const FEW = 10;

const changed = "The list of user groups changed while it was read. Ask again.";

/** The user groups of a member, in Cloudflare's order. */
export function groupsOf(accountId: string, memberId: string, context: Context): Promise<GroupOfMember[]> {
  const { loaders } = context;
  const make = () => Promise.resolve(new GroupsOfMembers(accountId, context));
  return loaders.derived(`groups of members ${accountId}`, make).then((groups) => groups.of(memberId));
}

/**
 * The user groups of members of one account. No endpoint tells them: all groups are listed, and then a few members are looked up in
 * each group, and more of them in the lists of all groups' members.
 */
class GroupsOfMembers {
  readonly #accountId: string;
  readonly #context: Context;
  readonly #asked = new Set<string>();
  readonly #answers = new Map<string, Promise<GroupOfMember[]>>();
  #groups: Promise<(UserGroup | UnreadableRecord)[]> | undefined;
  #index: Promise<Index> | undefined;

  constructor(accountId: string, context: Context) {
    this.#accountId = accountId;
    this.#context = context;
  }

  of(memberId: string): Promise<GroupOfMember[]> {
    this.#asked.add(memberId);
    const answer = this.#answers.get(memberId) ?? this.#find(memberId);
    this.#answers.set(memberId, answer);
    return answer;
  }

  async #find(memberId: string): Promise<GroupOfMember[]> {
    const params = { account_id: this.#accountId };
    this.#groups ??= this.#context.loaders.window(userGroups.list, params, 0, Infinity).then(({ records, shifted }) => {
      // One that was missed would be told as one that the member is not in.
      if (shifted) throw new CloudflareError(userGroups.list.route, changed, { kind: "invalid_response" });
      return records;
    });
    const groups = await this.#groups;
    if (this.#asked.size <= FEW) return this.#lookUp(groups, memberId);
    this.#index ??= this.#read(groups);
    const { all, failed, byMember } = await this.#index;
    const theirs = byMember.get(memberId) ?? [];
    if (failed.length === 0) return theirs;
    const found = new Set([...theirs, ...failed]);
    return all.filter((each) => found.has(each));
  }

  async #lookUp(groups: (UserGroup | UnreadableRecord)[], memberId: string): Promise<GroupOfMember[]> {
    const found = await Promise.all(
      groups.map(async (record): Promise<GroupOfMember | undefined> => {
        if (record instanceof UnreadableRecord) return { id: record.id ?? "", error: record };
        try {
          return (await isMemberOf(this.#accountId, record.id, memberId, this.#context))
            ? { id: record.id, record }
            : undefined;
        } catch (error) {
          return { id: record.id, error: error as Error };
        }
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async #read(groups: (UserGroup | UnreadableRecord)[]): Promise<Index> {
    const { loaders } = this.#context;
    const read = await Promise.all(
      groups.map(async (record): Promise<{ each: GroupOfMember; ids: string[] }> => {
        if (record instanceof UnreadableRecord) return { each: { id: record.id ?? "", error: record }, ids: [] };
        try {
          const group = { account_id: this.#accountId, user_group_id: record.id };
          const { records } = await loaders.window(userGroups.members.list, group, 0, Infinity);
          const nameless = records.find((member) => member instanceof UnreadableRecord && !member.id);
          if (nameless instanceof UnreadableRecord) throw nameless;
          return {
            each: { id: record.id, record },
            ids: records.flatMap(({ id }) => (id && isPathId(id) ? [id] : [])),
          };
        } catch (error) {
          return { each: { id: record.id, error: error as Error }, ids: [] };
        }
      }),
    );
    const byMember = new Map<string, GroupOfMember[]>();
    for (const { each, ids } of read) {
      for (const id of ids) {
        const there = byMember.get(id);
        if (there) there.push(each);
        else byMember.set(id, [each]);
      }
    }
    const all = read.map(({ each }) => each);
    return { all, failed: all.filter(({ error }) => error), byMember };
  }
}

/** All groups in order, those of which the members are unknown, and the others by the IDs of their members. */
interface Index {
  readonly all: readonly GroupOfMember[];
  readonly failed: readonly GroupOfMember[];
  readonly byMember: ReadonlyMap<string, GroupOfMember[]>;
}
