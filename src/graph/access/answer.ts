import { type Assumption, type AssumptionKind, assumptionsOf, noteAssumptions } from "../../access/assumption.ts";
import { grantsOf } from "../../access/grant.ts";
import { type NearMiss, nearMissesOf } from "../../access/near-miss.ts";
import type { Question } from "../../access/question.ts";
import { missingSentence, sentenceOf } from "../../access/sentence.ts";
import type { Subject } from "../../access/subject.ts";
import { standingOf, type Verdict, verdictOf } from "../../access/verdict.ts";
import { addressOf } from "../../access/who-can.ts";
import type { Member } from "../../cloudflare/members.ts";
import { builder } from "../builder.ts";
import { assumes, costs, evaluation } from "../cost.ts";
import type { PolicyOwner } from "../policy.ts";
import { AssumptionRef } from "./assumption.ts";
import type { EvaluatedGroup } from "./evidence.ts";
import { AccessGrantRef, type GrantNode } from "./grant.ts";
import { type Unread, UnreadRef } from "./unread.ts";

export const VerdictEnum = builder.enumType("Verdict", {
  description: "The answer to a question about one member.",
  values: {
    ALLOWED: { value: "allowed", description: "Something grants it, and nothing denies it." },
    DENIED: { value: "denied", description: "A policy denies it." },
    NOT_GRANTED: { value: "notGranted", description: "Nothing that was read grants it: see `unread`." },
    CONDITIONAL: {
      value: "conditional",
      description:
        "Granted, from the day on which the invitation is accepted, two-factor authentication is enabled, or the API token is " +
        "enabled or valid.",
    },
    UNKNOWN: { value: "unknown", description: "It depends on something that could not be read or understood." },
  } as const,
});

const MissingEnum = builder.enumType("MissingPart", {
  description: "The one thing that a near miss lacks.",
  values: {
    STATUS: { value: "status", description: "The invitation is pending." },
    TWO_FACTOR: { value: "twoFactor", description: "The account enforces two-factor authentication." },
    SCOPE: { value: "scope", description: "The right permission, on other resources." },
    PERMISSION: { value: "permission", description: "The right resource, with a smaller permission." },
  } as const,
});

/** Near misses that an answer lists. */
const MOST_MISSES = 10;

/** The answer to a question about one member. */
export class AnswerNode {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly grants: GrantNode[];
  readonly assumptions: Assumption[];
  readonly unread: Unread[];
  readonly readAt: Date;
  readonly #misses: () => Promise<NearMiss<EvaluatedGroup>[]>;
  readonly question: Question;
  readonly owner: PolicyOwner;

  constructor(
    { record, owner }: { record: Member; owner: PolicyOwner },
    question: Question,
    subject: Subject<EvaluatedGroup>,
    facts: { enforced: boolean | undefined; unread: Unread[]; readAt: Date; kinds: Set<AssumptionKind> },
    nearlyIn: () => Promise<Subject<EvaluatedGroup>>,
  ) {
    const { enforced, kinds } = facts;
    const grants = grantsOf(subject, question);
    const standing = standingOf(record, enforced);
    noteAssumptions(grants, standing, kinds);
    this.question = question;
    this.owner = owner;
    this.verdict = verdictOf(subject, enforced);
    this.grants = grants.map((grant) => ({ member: owner, grant }));
    this.unread = facts.unread;
    this.readAt = facts.readAt;
    this.assumptions = assumptionsOf(kinds);
    const doubtful = subject.perhaps.map(({ group }) => `the members of ${group.name ?? "a user group"}`);
    const told = { verdict: this.verdict, standing, grants, unread: doubtful };
    this.sentence = sentenceOf(addressOf(record) || `Member ${record.id}`, question, told);
    let misses: Promise<NearMiss<EvaluatedGroup>[]> | undefined;
    this.#misses = () => {
      misses ??= nearlyIn().then((each) => nearMissesOf(each, question, this.verdict, enforced));
      return misses;
    };
  }

  /** All near misses, the nearest first. Looks the member up in the groups whose policies nearly match. */
  nearMisses(): Promise<NearMiss<EvaluatedGroup>[]> {
    return this.#misses();
  }
}

interface NearMissNode {
  answer: AnswerNode;
  miss: NearMiss<EvaluatedGroup>;
}

const NearMissRef = builder.objectRef<NearMissNode>("NearMiss");
NearMissRef.implement({
  description: "A grant that falls short of the question in one thing only: `missing`.",
  fields: (t) => ({
    grant: t.field({
      type: AccessGrantRef,
      nullable: false,
      description: "The grant that falls short.",
      resolve: ({ answer, miss }) => ({ member: answer.owner, grant: miss }),
    }),
    missing: t.field({
      type: MissingEnum,
      nullable: false,
      description: "What is missing.",
      resolve: ({ miss }) => miss.missing,
    }),
    sentence: t.string({
      nullable: false,
      description: "The near miss in words. Names in it are Cloudflare's, unescaped: show it as text, never as HTML.",
      resolve: ({ answer, miss }) => missingSentence(miss, answer.question),
    }),
  }),
});

const misses = evaluation("Costs 1 call per user group whose policies nearly match.", () => ({}));

export const AccessAnswerRef = builder.objectRef<AnswerNode>("AccessAnswer");
AccessAnswerRef.implement({
  description: "Whether a member has a permission on a resource, why, and what was not read.",
  fields: (t) => ({
    verdict: t.expose("verdict", {
      type: VerdictEnum,
      nullable: false,
      description: "The answer. A part that could not be read never turns it into `NOT_GRANTED`.",
    }),
    sentence: t.exposeString("sentence", {
      nullable: false,
      description: "The answer in words. Names in it are Cloudflare's, unescaped: show it as text, never as HTML.",
    }),
    grants: t.expose("grants", {
      type: [AccessGrantRef],
      nullable: false,
      ...assumes(3),
      description: "Every grant that allows or denies it, each once: policies by their content, then legacy roles.",
    }),
    nearMisses: t.field({
      type: [NearMissRef],
      ...costs(misses, (calls) => `Grants that fall short in one thing only, the ten nearest. ${calls}`, {
        assumed: MOST_MISSES,
      }),
      resolve: async (answer) => {
        const found = await answer.nearMisses();
        return found.slice(0, MOST_MISSES).map((miss) => ({ answer, miss }));
      },
    }),
    nearMissCount: t.int({
      ...costs(misses, (calls) => `Number of all near misses, including those beyond the ten nearest. ${calls}`),
      resolve: async (answer) => (await answer.nearMisses()).length,
    }),
    assumptions: t.expose("assumptions", {
      type: [AssumptionRef],
      nullable: false,
      ...assumes(4),
      description: "What the answer assumes because Cloudflare does not document it.",
    }),
    unread: t.expose("unread", {
      type: [UnreadRef],
      nullable: false,
      ...assumes(2),
      description: "What the question needed and could not be read.",
    }),
    complete: t.boolean({
      nullable: false,
      description: "Whether everything was read that the question needed: `unread` is empty.",
      resolve: ({ unread }) => unread.length === 0,
    }),
    readAt: t.expose("readAt", {
      type: "DateTime",
      nullable: false,
      description:
        "Time at which the oldest read behind the answer was sent: with `Cache-Control: max-age` perhaps a read of an earlier operation.",
    }),
  }),
});
