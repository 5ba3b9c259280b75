import { type GrantChange, grantChanges, type Holdings, keysOfGroup } from "../../access/grant-change.ts";
import { isRelevant, matchMember } from "../../access/subject.ts";
import { addressOf, type Steps } from "../../access/who-can.ts";
import type { Member } from "../../cloudflare/members.ts";
import type { EvaluatedGroup, Matches } from "../access/evidence.ts";
import { compareKeys } from "../access/key-cursor.ts";
import { membershipsOf, membersOf } from "../access/membership.ts";
import type { Unread } from "../access/unread.ts";
import { inTurns } from "../in-turns.ts";
import { type Account, accountAt } from "./account-at.ts";
import type { AccountCopy } from "./account-copy.ts";
import type { Simulation } from "./simulation.ts";

/** What somebody gains or loses. */
export interface AccessChange {
  /** The member as they are or, of what is gained, would be; by the ID alone where the members could not be listed. */
  member: Member | { id: string };
  change: GrantChange<EvaluatedGroup>;
}

/** Everything that changes, and what could not be read. */
export interface AccessChanges {
  changes: AccessChange[];
  before: Account;
  after: Account;
  /** Ids of the user groups of those who leave the account, beside those that change. */
  groupsOfGone: ReadonlyMap<string, string[]>;
  unread: Unread[];
}

/** Works out what changes for whom. Who is in a user group is read of those that change, and of those that grant the same. */
export async function accessChanges({ accountId, copy, before, after }: Simulation): Promise<AccessChanges> {
  const inherited = await copy.inheritedPolicies();
  const now = await accountAt(accountId, before, inherited);
  const then = await accountAt(accountId, after, inherited);
  const work = new Comparison(accountId, copy, now, then);
  const changes = await work.run();
  const known = new Map(
    [...now.unread, ...then.unread, ...now.gaps(), ...then.gaps(), ...work.unread].map((each) => [
      JSON.stringify(each),
      each,
    ]),
  );
  return { changes, before: now, after: then, groupsOfGone: work.groupsOfGone, unread: [...known.values()] };
}

/** User groups that somebody is in at one time, and those of which that is not known. */
interface Theirs {
  groups: Matches[];
  perhaps: readonly Matches[];
}

/** Compares an account with itself, as it is and as it would be. */
class Comparison {
  readonly unread: Unread[] = [];
  readonly groupsOfGone = new Map<string, string[]>();
  readonly #accountId: string;
  readonly #copy: AccountCopy;
  readonly #now: Account;
  readonly #then: Account;

  constructor(accountId: string, copy: AccountCopy, now: Account, then: Account) {
    this.#accountId = accountId;
    this.#copy = copy;
    this.#now = now;
    this.#then = then;
  }

  async run(): Promise<AccessChange[]> {
    const [now, then] = [this.#now, this.#then];
    const changed = this.#changedGroups();
    const isChanged = ({ group }: Matches) => changed.has(group.id);
    const gone = [...now.members.keys()].filter((id) => this.#copy.members.get(id) === null);
    const [here, there, left] = await Promise.all([
      this.#membersOf(now, isChanged),
      this.#membersOf(then, isChanged),
      this.#groupsOf(gone, (each) => !isChanged(each)),
    ]);
    const ids = new Set([...here.groupsOf.keys(), ...there.groupsOf.keys(), ...this.#changedMembers(), ...gone]);
    if (here.perhaps.length + there.perhaps.length > 0) {
      for (const id of [...now.members.keys(), ...then.members.keys()]) ids.add(id);
    }
    const theirs = new Map<string, { now: Theirs; later: Theirs }>();
    for (const id of ids) {
      const { groups, perhaps } = left.get(id) ?? { groups: [], perhaps: [] };
      theirs.set(id, {
        now: { groups: [...(here.groupsOf.get(id) ?? []), ...groups], perhaps: [...here.perhaps, ...perhaps] },
        later: {
          groups: [...(there.groupsOf.get(id) ?? []), ...there.perhaps.filter((each) => this.#entered(id, each))],
          perhaps: there.perhaps.filter((each) => this.#entered(id, each) === undefined),
        },
      });
    }
    const first = await this.#compare(theirs);
    // What stays through a user group that does not change is no change.
    const keys = new Set(first.map(({ change }) => change.key));
    const grantsSame = (each: Matches) =>
      !isChanged(each) &&
      (each.unreadable !== undefined || keysOfGroup(each, now.question).some((key) => keys.has(key)));
    const others = keys.size > 0 ? await this.#membersOf(now, grantsSame) : { groupsOf: new Map(), perhaps: [] };
    const doubtful = new Map<string, { now: Theirs; later: Theirs }>();
    for (const { member } of first) {
      const found = theirs.get(member.id);
      if (!found || gone.includes(member.id)) continue;
      const same = (others.groupsOf.get(member.id) ?? []) as Matches[];
      const atLater = (all: readonly Matches[]) => all.flatMap(({ group }) => then.matches.get(group.id) ?? []);
      doubtful.set(member.id, {
        now: { groups: [...found.now.groups, ...same], perhaps: [...found.now.perhaps, ...others.perhaps] },
        later: {
          groups: [...found.later.groups, ...atLater(same)],
          perhaps: [...found.later.perhaps, ...atLater(others.perhaps)],
        },
      });
    }
    const certain = first.filter(({ member }) => !doubtful.has(member.id));
    return [...certain, ...(await this.#compare(doubtful))].sort(inOrder);
  }

  /** User groups that are other than they were: their policies, who is in them, or what these policies name. */
  #changedGroups(): Set<string> {
    const { groups, memberships, emptied } = this.#copy;
    const named = this.#now.groups.filter((group) => this.#copy.names(group)).map(({ id }) => id);
    return new Set([...groups.keys(), ...memberships.keys(), ...emptied, ...named]);
  }

  /** Members whose own policies or roles are others, or mean something else. */
  #changedMembers(): string[] {
    const named = [...this.#now.members.values()].filter((member) => this.#copy.names(member)).map(({ id }) => id);
    return [...this.#copy.members.keys(), ...named];
  }

  /** Whether changes put somebody into a user group, or take them out of it; `undefined` if neither. */
  #entered(memberId: string, { group }: Matches): boolean | undefined {
    const entry = this.#copy.memberships.get(group.id)?.get(memberId);
    return entry === undefined ? undefined : entry !== null;
  }

  async #membersOf({ matches, context }: Account, which: (group: Matches) => boolean) {
    const relevant = [...matches.values()].filter((each) => isRelevant(each) && which(each));
    const found = await membersOf(this.#accountId, relevant, context);
    this.unread.push(...found.unread);
    return found;
  }

  /** User groups that those were in who leave the account: no list tells them, and each group is asked. */
  async #groupsOf(ids: readonly string[], which: (group: Matches) => boolean) {
    const { matches, context } = this.#now;
    const relevant = [...matches.values()].filter((each) => isRelevant(each) && which(each));
    const found = new Map<string, Theirs>();
    for (const id of ids) {
      const theirs = await membershipsOf(this.#accountId, id, relevant, context);
      this.unread.push(...theirs.unread);
      found.set(id, theirs);
      this.groupsOfGone.set(
        id,
        theirs.groups.map(({ group }) => group.id),
      );
    }
    return found;
  }

  #compare(theirs: ReadonlyMap<string, { now: Theirs; later: Theirs }>): Promise<AccessChange[]> {
    return inTurns(this.#steps(theirs), this.#now.context.slice);
  }

  *#steps(theirs: ReadonlyMap<string, { now: Theirs; later: Theirs }>): Steps<AccessChange[]> {
    const found: AccessChange[] = [];
    for (const [id, { now, later }] of theirs) {
      const here = this.#holdings(this.#now, id, now);
      const there =
        this.#copy.members.get(id) === null ? { ...here, subject: undefined } : this.#holdings(this.#then, id, later);
      for (const change of grantChanges(here, there)) {
        const { members } = change.afterwards ? this.#then : this.#now;
        found.push({ member: members.get(id) ?? { id }, change });
      }
      yield;
    }
    return found;
  }

  /** What somebody has at one time. Of whom is in no list of members, their own policies are not known. */
  #holdings(account: Account, id: string, { groups, perhaps }: Theirs): Holdings<EvaluatedGroup> {
    const { members, question, unread } = account;
    const member = members.get(id);
    const listed = unread.every(({ kind }) => kind !== "member");
    const base = { question, accountId: this.#accountId };
    if (!member && listed) return { ...base, subject: undefined };
    const own = member ? matchMember(member, question) : { ...nothing, unreadable: new Error("not read") };
    return {
      ...base,
      subject: { member: member ?? { roles: [], status: undefined, user: undefined }, own, groups, perhaps },
    };
  }
}

const nothing = { matches: [], misses: [], roles: [] };

function inOrder(a: AccessChange, b: AccessChange): number {
  return (
    compareKeys(sortKey(a), sortKey(b)) || (a.change.key < b.change.key ? -1 : a.change.key > b.change.key ? 1 : 0)
  );
}

function sortKey({ member }: AccessChange) {
  return { text: addressOf({ user: undefined, email: undefined, ...member }), id: member.id };
}
