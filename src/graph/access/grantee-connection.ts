import type { Assumption } from "../../access/assumption.ts";
import { grantsOf } from "../../access/grant.ts";
import type { Question } from "../../access/question.ts";
import type { Verdict } from "../../access/verdict.ts";
import type { Grantee } from "../../access/who-can.ts";
import { accounts } from "../../cloudflare/accounts.ts";
import { apiTokens } from "../../cloudflare/api-tokens.ts";
import { members } from "../../cloudflare/members.ts";
import { AccountRef } from "../account.ts";
import { builder } from "../builder.ts";
import type { Paging } from "../connection.ts";
import { assumes, costs, evaluation } from "../cost.ts";
import { looksAhead, selects } from "../look-ahead.ts";
import { MemberNode, MemberRef } from "../member.ts";
import type { PolicyOwner } from "../policy.ts";
import { evaluationLists } from "./access.ts";
import { VerdictEnum } from "./answer.ts";
import { AssumptionRef } from "./assumption.ts";
import type { EvaluatedGroup } from "./evidence.ts";
import { AccessGrantRef, type GrantNode } from "./grant.ts";
import { type KeyPage, type KeyRange, keyPage, keyRange } from "./key-connection.ts";
import { keyOfPlace, placeReads } from "./place.ts";
import {
  type PermissionInput,
  permissionArgument,
  permissionAsked,
  type ResourceInput,
  resourceArgument,
  resourceAsked,
} from "./question-input.ts";
import { findTokens, readTokens, TokenGrantRef, type TokenGrants, withoutTokens } from "./token-grant.ts";
import { type Unread, UnreadRef } from "./unread.ts";
import { type Asked, findGrantees, type Grantees, keyOf } from "./who-can.ts";

/** One of the members whom a question concerns. */
class GranteeEdge {
  readonly node: MemberNode;
  readonly verdict: Verdict;
  readonly #record: Grantee<EvaluatedGroup>;
  readonly #page: KeyPage<Grantee<EvaluatedGroup>>;
  readonly #question: Question;

  constructor(
    node: MemberNode,
    record: Grantee<EvaluatedGroup>,
    page: KeyPage<Grantee<EvaluatedGroup>>,
    question: Question,
  ) {
    this.node = node;
    this.verdict = record.verdict;
    this.#record = record;
    this.#page = page;
    this.#question = question;
  }

  get cursor(): string {
    return this.#page.cursorOf(this.#record);
  }

  get grants(): GrantNode[] {
    const member = this.node as PolicyOwner;
    return grantsOf(this.#record.subject, this.#question).map((grant) => ({ member, grant }));
  }
}

/** What is worked out only if it is selected. */
interface Selected {
  assumptions: Assumption[];
  tokens: TokenGrants;
}

/** Source of a connection's fields. */
class GranteeConnection {
  readonly edges: GranteeEdge[];
  readonly pageInfo: KeyPage<unknown>["pageInfo"];
  readonly totalCount: number;
  readonly unread: Unread[];
  readonly readAt: Date;
  /** At hand where they are selected. */
  readonly assumptions: Assumption[];
  readonly apiTokens: TokenGrants["grants"];

  constructor(accountId: string, page: KeyPage<Grantee<EvaluatedGroup>>, all: Grantees, more: Selected) {
    this.edges = page.records.map(
      (record) => new GranteeEdge(new MemberNode(accountId, record.member), record, page, all.question),
    );
    this.pageInfo = page.pageInfo;
    this.totalCount = all.grantees.length;
    this.unread = [...all.unread, ...more.tokens.unread];
    this.apiTokens = more.tokens.grants;
    this.readAt = all.readAt;
    this.assumptions = more.assumptions;
  }

  get nodes(): MemberNode[] {
    return this.edges.map(({ node }) => node);
  }
}

const GranteeConnectionRef = builder.connectionObject(
  {
    type: MemberRef,
    name: "GranteeConnection",
    nodeNullable: false,
    edgesNullable: { list: false, items: false },
    description: "A page of the members whom a question concerns, and what was not read.",
    fields: (t) => ({
      complete: t.boolean({
        nullable: false,
        description: "Whether everything was read that the question needed: `unread` is empty.",
        resolve: (page) => (page as unknown as GranteeConnection).unread.length === 0,
      }),
      unread: t.field({
        type: [UnreadRef],
        nullable: false,
        ...assumes(3),
        description:
          "What the question needed and could not be read. Members who have the permission only through it may be missing from the list.",
        resolve: (page) => (page as unknown as GranteeConnection).unread,
      }),
      apiTokens: t.field({
        type: [TokenGrantRef],
        nullable: true,
        ...costs(
          evaluation("Costs 1 call per 50 tokens of the account, only if it is selected.", () => ({
            lists: [apiTokens.list],
          })),
          (calls) =>
            "API tokens of the account that the question concerns, all of them on every page, by name. Null where they could not be read: " +
            `see \`unread\`. ${calls}`,
          { assumed: 5 },
        ),
        resolve: (page) => (page as unknown as GranteeConnection).apiTokens,
      }),
      assumptions: t.field({
        type: [AssumptionRef],
        nullable: false,
        ...assumes(5),
        description: "What the whole list assumes because Cloudflare does not document it.",
        resolve: (page) => (page as unknown as GranteeConnection).assumptions,
      }),
      readAt: t.field({
        type: "DateTime",
        nullable: false,
        description:
          "Time at which the oldest read behind the answer was sent: with `Cache-Control: max-age` perhaps a read of an earlier operation.",
        resolve: (page) => (page as unknown as GranteeConnection).readAt,
      }),
    }),
  },
  {
    name: "GranteeEdge",
    description: "A member whom a question concerns, with the answer and the reasons.",
    fields: (t) => ({
      verdict: t.field({
        type: VerdictEnum,
        nullable: false,
        description: "The answer for this member: never `NOT_GRANTED`. Members who are denied are listed, too.",
        resolve: (edge) => (edge as unknown as GranteeEdge).verdict,
      }),
      grants: t.field({
        type: [AccessGrantRef],
        nullable: false,
        ...assumes(3),
        description: "Every grant that allows or denies it, each once.",
        resolve: (edge) => (edge as unknown as GranteeEdge).grants,
      }),
    }),
  },
);

interface Arguments extends Paging {
  permission: PermissionInput;
  on: ResourceInput;
}

/** What is asked for in an account, which may be unknown; throws the caller's mistake. */
function askedOf({ permission, on }: Arguments, accountId: string | undefined): Asked {
  return { permission: permissionAsked(permission, accountId), on: resourceAsked(on, accountId) };
}

/** Which page of the list is asked for; throws the caller's mistake. */
function rangeOf(args: Arguments, accountId: string, { permission, on }: Asked): KeyRange {
  return keyRange(["whoCan", accountId, permission, keyOfPlace(on)], args);
}

builder.objectFields(AccountRef, (t) => ({
  whoCan: t.connection(
    {
      type: MemberRef,
      nullable: true,
      nodeNullable: false,
      edgesNullable: { list: false, items: false },
      ...costs(
        evaluation(
          "Costs 1 call for the account, 1 per 50 members, 1 per 500 user groups and 1 per 500 members of each user group whose " +
            "policies match; 1 for a zone; 1 per 50 permission groups for a label or name; 1 for all resource groups where a policy names one by " +
            "ID alone. Every page costs the same.",
          (args: Arguments, accountId) => {
            const asked = askedOf(args, accountId);
            if (accountId !== undefined) rangeOf(args, accountId, asked);
            const { lookUps = [], records = [] } = placeReads(asked.on);
            return {
              lists: [...evaluationLists(asked.permission), members.list],
              lookUps,
              records: [{ resource: accounts }, ...records],
            };
          },
          true,
        ),
        (calls) =>
          "Members who have a permission on a resource, or may have it, or are denied it, each with the reasons; by e-mail address, " +
          `then by ID. ${calls}`,
        looksAhead,
      ),
      args: {
        permission: t.arg(permissionArgument),
        on: t.arg(resourceArgument),
      },
      resolve: async (account, args, context, info) => {
        const asked = askedOf(args, account.id);
        const range = rangeOf(args, account.id, asked);
        const asksTokens = selects(info, "apiTokens");
        const [all, read] = await Promise.all([
          findGrantees(account, asked, context),
          asksTokens ? readTokens(account.id, context) : undefined,
        ]);
        const tokens = read ? findTokens(account.id, read, all.question) : withoutTokens;
        const page = keyPage(all.grantees, keyOf, range);
        const assumptions = selects(info, "assumptions") ? await all.assumptions(asksTokens) : [];
        return new GranteeConnection(account.id, page, all, { assumptions, tokens }) as never;
      },
    },
    GranteeConnectionRef,
  ),
}));
