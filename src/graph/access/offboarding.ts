import type { Question } from "../../access/question.ts";
import {
  holdersOf,
  type LostRight,
  lostRights,
  MOST_QUESTIONS,
  type Remaining,
} from "../../access/remaining-holders.ts";
import { matchGroup, matchMember } from "../../access/subject.ts";
import { addressOf } from "../../access/who-can.ts";
import type { ApiToken } from "../../cloudflare/api-tokens.ts";
import type { Member } from "../../cloudflare/members.ts";
import type { SsoConnector } from "../../cloudflare/sso-connectors.ts";
import type { Context } from "../context.ts";
import { inTurns } from "../in-turns.ts";
import { type MemberNode, wholeMember } from "../member.ts";
import { type EvaluatedGroup, readAt, readEvidence } from "./evidence.ts";
import { membersOf } from "./membership.ts";
import { questionOf, superAdministratorQuestion } from "./question.ts";
import { domainOf, readConnectors } from "./sso-domain.ts";
import { madeBy, readTokens } from "./token-grant.ts";
import { type Unread, unread, withoutAddress } from "./unread.ts";
import { readMembers } from "./who-can.ts";

/** What goes and what stays when a member leaves an account. A part that could not be read is `null`, and named in `unread`. */
export interface Offboarding {
  accountId: string;
  leaving: Member;
  groups: EvaluatedGroup[] | null;
  rights: LostRight<EvaluatedGroup>[] | null;
  /** Super Administrators that remain. */
  administrators: Member[] | null;
  tokens: ApiToken[] | null;
  connectors: SsoConnector[] | null;
  unread: Unread[];
  readAt: Date;
}

/** What is read only if it is selected. */
export interface Selected {
  apiTokens: boolean;
  ssoConnectors: boolean;
}

/** Works out what goes and what stays when a member leaves their account. */
export async function previewOffboarding(
  member: MemberNode,
  selected: Selected,
  context: Context,
): Promise<Offboarding> {
  const { accountId } = member;
  const [leaving, evidence, everybody, tokens, connectors] = await Promise.all([
    wholeMember(member, context),
    readEvidence({ type: "Account", id: accountId }, context, false),
    readEverybody(accountId, context),
    selected.apiTokens ? readTokens(accountId, context) : { records: null, unread: [notSelected("apiTokens")] },
    selected.ssoConnectors
      ? readConnectors(accountId, context)
      : { records: null, unread: [notSelected("ssoConnectors")] },
  ]);
  const readable = evidence.groups.filter(({ node }) => node);
  // Where there is no list, there is one group without an ID in its place.
  const listed = evidence.groups.every(({ node, id }) => node ?? id);
  const memberships = await membersOf(accountId, evidence.groups.map(matchless), context);
  const inThem = new Set(memberships.groupsOf.get(leaving.id)?.map(({ group }) => group));
  // In the order of the list, whichever group's members came first.
  const theirs = evidence.groups.filter((group) => inThem.has(group));
  const notes = [...evidence.unread, ...memberships.unread, ...everybody.unread];

  const holders = [leaving, ...(everybody.members ?? []), ...readable];
  const { question, gaps } = await questionOf(accountId, { resource: undefined }, { catalogue: [], holders }, context);
  const others = (everybody.members ?? []).filter(({ id }) => id !== leaving.id);
  const remaining: Remaining<EvaluatedGroup> = {
    accountId,
    others,
    groups: evidence.groups,
    groupsOf: new Map([...memberships.groupsOf].map(([id, groups]) => [id, new Set(groups.map(({ group }) => group))])),
    unknown: new Set(memberships.perhaps.map(({ group }) => group)),
    directory: question.directory,
  };
  const illegible = illegibleOf(leaving, theirs, question);
  const readableRights = everybody.members !== null && illegible.length === 0;
  const rights = readableRights ? await inTurns(lostRights(leaving, theirs, question, remaining), context.slice) : null;
  const administrators = everybody.members && (await remainingAdministrators(remaining, holders, context));
  const address = addressOf(leaving);
  const theirTokens = madeBy(address, tokens.records);
  return {
    accountId,
    leaving,
    groups: listed ? theirs : null,
    rights,
    administrators,
    tokens: address === "" ? null : theirTokens.tokens,
    connectors: address === "" ? null : ofDomain(address, connectors.records),
    unread: [
      ...notes,
      ...illegible,
      ...gaps(),
      ...tokens.unread,
      ...connectors.unread,
      ...(address === "" ? [withoutAddress(leaving)] : []),
      ...theirTokens.unread,
      ...((rights ?? []).some(({ known }) => !known) ? [notWorkedOut] : []),
    ],
    readAt: readAt(evidence, context),
  };
}

/** Members of the account; `null` where they could not be read. */
async function readEverybody(
  accountId: string,
  context: Context,
): Promise<{ members: Member[] | null; unread: Unread[] }> {
  return readMembers(accountId, context).catch((error) => ({ members: null, unread: [unread("member", null, error)] }));
}

/** Policies of the member, or of one of their groups, that cannot be read: they may allow anything. */
function illegibleOf(leaving: Member, theirs: readonly EvaluatedGroup[], question: Question): Unread[] {
  const { unreadable } = matchMember(leaving, question);
  const groups = theirs.flatMap((group) => {
    const reason = group.node && matchGroup(group, question).unreadable?.message;
    return reason === undefined ? [] : [{ kind: "userGroup" as const, what: group.name ?? group.id, reason }];
  });
  return [
    ...(unreadable ? [{ kind: "member" as const, what: leaving.id, reason: unreadable.message }] : []),
    ...groups,
  ];
}

async function remainingAdministrators(
  remaining: Remaining<EvaluatedGroup>,
  holders: Parameters<typeof superAdministratorQuestion>[1],
  context: Context,
): Promise<Member[]> {
  const question = await superAdministratorQuestion(remaining.accountId, holders, context);
  const verdicts = await inTurns(holdersOf(question, remaining), context.slice);
  return remaining.others.filter(({ id }) => verdicts.get(id) === "allowed");
}

/** A group, whatever its policies have to do with anything. */
function matchless(group: EvaluatedGroup) {
  return { group, matches: [], misses: [] };
}

function ofDomain(address: string, connectors: readonly SsoConnector[] | null): SsoConnector[] | null {
  return connectors?.filter(({ email_domain }) => email_domain?.toLowerCase() === domainOf(address)) ?? null;
}

function notSelected(kind: "apiTokens" | "ssoConnectors"): Unread {
  return { kind, what: null, reason: `They were not read: select \`${kind}\`.` };
}

const notWorkedOut: Unread = {
  kind: "rights",
  what: null,
  reason:
    "Of some rights nothing tells on which resources they are, or the member has them on too many resources " +
    `(${MOST_QUESTIONS} pairs of a permission and a resource are looked at).`,
};
