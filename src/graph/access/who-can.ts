import { type Assumption, type AssumptionKind, assumptionsOf, noteAssumptions } from "../../access/assumption.ts";
import { grantsOf } from "../../access/grant.ts";
import type { Question } from "../../access/question.ts";
import { isRelevant } from "../../access/subject.ts";
import { standingOf } from "../../access/verdict.ts";
import { addressOf, type Grantee, matchGroups, type Steps, whoCan } from "../../access/who-can.ts";
import { UnreadableRecord } from "../../cloudflare/error.ts";
import { type Member, members } from "../../cloudflare/members.ts";
import type { AccountNode } from "../account.ts";
import type { Context } from "../context.ts";
import { inTurns } from "../in-turns.ts";
import { type EvaluatedGroup, readAt, readEvidence } from "./evidence.ts";
import { compareKeys, type Key } from "./key-cursor.ts";
import { membersOf } from "./membership.ts";
import { findPlace, keyOfPlace, type Place } from "./place.ts";
import { questionOf, readCatalogue } from "./question.ts";
import type { PermissionAsked, ResourceAsked } from "./question-input.ts";
import { type Unread, unread } from "./unread.ts";

/** A question about everybody. */
export interface Asked {
  permission: PermissionAsked;
  on: ResourceAsked;
}

/** Everybody whom a question concerns. */
export interface Grantees {
  question: Question;
  /** By e-mail address in lower case, then by ID. */
  grantees: Grantee<EvaluatedGroup>[];
  unread: Unread[];
  /** What the answer rests on, with that of API tokens or without. */
  assumptions(ofTokens: boolean): Promise<Assumption[]>;
  readAt: Date;
}

/** Works out who has a permission on a resource, once for all pages of an operation. */
export function findGrantees(account: AccountNode, asked: Asked, context: Context): Promise<Grantees> {
  const name = `whoCan ${JSON.stringify([account.id, asked.permission, keyOfPlace(asked.on)])}`;
  return context.loaders.derived(name, () => evaluate(account, asked, context));
}

async function evaluate(account: AccountNode, asked: Asked, context: Context): Promise<Grantees> {
  const { id: accountId } = account;
  const [evidence, everybody, catalogue, place] = await Promise.all([
    readEvidence(account, context),
    readMembers(accountId, context),
    readCatalogue(accountId, asked.permission, context),
    findPlace(accountId, asked.on, context),
  ]);
  const { groups, enforced } = evidence;
  const holders = [...everybody.members, ...groups];
  const what = { permission: asked.permission, resource: place.resource };
  const { question, gaps } = await questionOf(accountId, what, { catalogue, holders }, context);
  const matching = await inTurns(matchGroups(groups, question), context.slice);
  const memberships = await membersOf(accountId, matching.filter(isRelevant), context);
  const found = await inTurns(whoCan(everybody.members, question, memberships, enforced), context.slice);
  const grantees = found.toSorted((a, b) => compareKeys(keyOf(a), keyOf(b)));

  const notes = [...evidence.unread, ...everybody.unread, ...memberships.unread, ...gaps()];
  const known = new Set(everybody.members.map(({ id }) => id));
  for (const id of memberships.ids) {
    if (known.has(id) || everybody.unread.some(({ what }) => what === id)) continue;
    notes.push({
      kind: "member",
      what: id,
      reason: "They are in a user group, and not in the account's list of members.",
    });
  }
  for (const { member, subject } of grantees) {
    const { unreadable } = subject.own;
    if (unreadable) notes.push({ kind: "member", what: member.id, reason: unreadable.message });
  }
  const assumptions = (ofTokens: boolean) =>
    inTurns(assumptionsOfAll(grantees, question, { enforced, place, ofTokens }), context.slice);
  return { question, grantees, unread: notes, assumptions, readAt: readAt(evidence, context) };
}

/** What grantees are ordered by. */
export function keyOf({ member }: { member: Member }): Key {
  return { text: addressOf(member), id: member.id };
}

/** The members of an account, and those who cannot be read. */
export async function readMembers(
  accountId: string,
  { loaders }: Context,
): Promise<{ members: Member[]; unread: Unread[] }> {
  const { records, shifted } = await loaders.window(members.list, { account_id: accountId }, 0, Infinity);
  const notes: Unread[] = [];
  if (shifted) notes.push({ kind: "member", what: null, reason: "The list of members changed while it was read." });
  const found: Member[] = [];
  for (const record of records) {
    if (record instanceof UnreadableRecord) notes.push(unread("member", record.id ?? null, record));
    else found.push(record);
  }
  return { members: found, unread: notes };
}

function* assumptionsOfAll(
  grantees: readonly Grantee<EvaluatedGroup>[],
  question: Question,
  { enforced, place, ofTokens }: { enforced: boolean | undefined; place: Place; ofTokens: boolean },
): Steps<Assumption[]> {
  const kinds = new Set<AssumptionKind>(["userTokens", "tenantAdministrators"]);
  if (ofTokens) kinds.add("tokenPermissionsByName");
  if (place.assumed) kinds.add("zoneIsOfAccount");
  for (const { member, subject } of grantees) {
    noteAssumptions(grantsOf(subject, question), standingOf(member, enforced), kinds);
    yield;
  }
  return assumptionsOf(kinds);
}
