import { type Grant, grantsOf } from "./grant.ts";
import { keyOf } from "./policy-match.ts";
import type { Question } from "./question.ts";
import { accountKeyOf, contentOf } from "./resource.ts";
import { isViewOf } from "./role-match.ts";
import type { GroupMatches, Subject } from "./subject.ts";

/** What becomes of a grant of one member: `maybe` where something that decides it could not be read. */
export type ChangeKind = "gained" | "lost" | "maybe";

/** A grant that a member would have and has not, or has and would not have. */
export interface GrantChange<G> {
  readonly kind: ChangeKind;
  readonly grant: Grant<G>;
  /** What the grant says, whoever has it. */
  readonly key: string;
  /** Whether it is one of the grants of afterwards. */
  readonly afterwards: boolean;
}

/** What a member has at one time; `undefined` where they are no member then. */
export interface Holdings<G> {
  readonly subject: Subject<G> | undefined;
  readonly question: Question;
  readonly accountId: string;
}

/** What a grant says, independent of who has it: a role says what the permission group says that it became. */
function grantKey({ match }: Pick<Grant<unknown>, "match">, question: Question, accountId: string): string {
  if ("policy" in match) return keyOf(match, question);
  if (match.coverage === "account") {
    for (const permission of question.directory.permissions) {
      if (!isViewOf(match.role, permission)) continue;
      const whole = [{ key: accountKeyOf(accountId), objects: [{ key: "*" }] }];
      return `allow ${permission.id} ${contentOf(undefined, whole)}`;
    }
  }
  return `role ${match.role.id}`;
}

/** What a user group grants, in keys. */
export function keysOfGroup({ matches }: GroupMatches<unknown>, question: Question): string[] {
  return matches.map((match) => keyOf(match, question));
}

/** The grants of one time by their keys: those that are held, those that may be, and whether there may be any others. */
interface Held<G> {
  readonly certain: ReadonlyMap<string, Grant<G>>;
  readonly perhaps: ReadonlyMap<string, Grant<G>>;
  readonly unreadable: boolean;
}

function heldBy<G>({ subject, question, accountId }: Holdings<G>): Held<G> {
  const none = new Map<string, Grant<G>>();
  if (!subject) return { certain: none, perhaps: none, unreadable: false };
  const { own, groups, perhaps } = subject;
  const byKey = (held: Subject<G>) =>
    new Map(grantsOf(held, question).map((grant) => [grantKey(grant, question, accountId), grant]));
  return {
    certain: byKey({ ...subject, perhaps: [] }),
    perhaps: byKey({ ...subject, own: { matches: [], misses: [], roles: [] }, groups: perhaps, perhaps: [] }),
    unreadable: Boolean(own.unreadable) || [...groups, ...perhaps].some(({ unreadable }) => unreadable),
  };
}

/** What changes for one member. A grant that stays through any source is no change. */
export function grantChanges<G>(before: Holdings<G>, after: Holdings<G>): GrantChange<G>[] {
  const now = heldBy(before);
  const then = heldBy(after);
  return [...oneWay(now, then, false), ...oneWay(then, now, true)];
}

/** Grants of one time that the other has not. */
function* oneWay<G>(here: Held<G>, there: Held<G>, afterwards: boolean): Generator<GrantChange<G>> {
  for (const [key, grant] of here.certain) {
    if (there.certain.has(key)) continue;
    const doubtful = there.perhaps.has(key) || there.unreadable;
    yield { kind: doubtful ? "maybe" : afterwards ? "gained" : "lost", grant, key, afterwards };
  }
  for (const [key, grant] of here.perhaps) {
    if (here.certain.has(key) || there.certain.has(key) || there.perhaps.has(key)) continue;
    yield { kind: "maybe", grant, key, afterwards };
  }
}
