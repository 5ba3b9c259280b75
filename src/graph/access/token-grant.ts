import type { Question } from "../../access/question.ts";
import { matchToken, type TokenMatch } from "../../access/token-match.ts";
import { type ApiToken, apiTokens } from "../../cloudflare/api-tokens.ts";
import { UnreadableRecord } from "../../cloudflare/error.ts";
import { ApiTokenRef, TokenPolicyRef } from "../api-token.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { assumes } from "../cost.ts";
import { inOrder } from "../order.ts";
import { VerdictEnum } from "./answer.ts";
import { type Unread, unread } from "./unread.ts";

/** An API token that a question concerns, in its account. */
export interface TokenGrantNode {
  accountId: string;
  match: TokenMatch;
}

/** The API tokens that a question concerns; `null` where they could not be read. */
export interface TokenGrants {
  grants: TokenGrantNode[] | null;
  unread: Unread[];
}

/** What the answer to a question leaves out where tokens are not selected. */
const notSelected: Unread = {
  kind: "apiTokens",
  what: null,
  reason:
    "The account's own API tokens were not read: select `apiTokens`. They may have the permission, too, and outlive whoever made them.",
};

/** What is told where tokens are not read. */
export const withoutTokens: TokenGrants = { grants: null, unread: [notSelected] };

/** The account's own API tokens as they were read, and what of them could not be. */
export interface TokensRead {
  records: readonly ApiToken[] | null;
  unread: Unread[];
}

/** Reads the account's own API tokens: 1 call per 50. */
export async function readTokens(accountId: string, { loaders }: Context): Promise<TokensRead> {
  try {
    const { records, shifted } = await loaders.window(apiTokens.list, { account_id: accountId }, 0, Infinity);
    const notes: Unread[] = [];
    if (shifted) notes.push({ kind: "apiTokens", what: null, reason: "The list changed while it was read." });
    const tokens: ApiToken[] = [];
    for (const record of records) {
      if (record instanceof UnreadableRecord) notes.push(unread("apiTokens", record.id ?? null, record));
      else tokens.push(record);
    }
    const creators = new Set(tokens.flatMap((token) => token.creator_email_at_creation?.toLowerCase() ?? []));
    if (creators.size < 2) notes.push(perhapsOwn);
    return { records: tokens, unread: notes };
  } catch (error) {
    return { records: null, unread: [unread("apiTokens", null, error)] };
  }
}

/** The tokens that somebody made, and those of which nothing tells who made them. */
export function madeBy(
  address: string,
  records: readonly ApiToken[] | null,
): { tokens: ApiToken[] | null; unread: Unread[] } {
  const tokens = records?.filter((token) => token.creator_email_at_creation?.toLowerCase() === address) ?? null;
  const unknown = (records ?? []).filter(({ creator_email_at_creation: email }) => !email);
  const reason = "Cloudflare does not tell who made the token.";
  return { tokens, unread: unknown.map(({ id, name }) => ({ kind: "apiTokens", what: name ?? id, reason })) };
}

/** Finds the tokens that a question concerns: by name, then by ID. */
export function findTokens(accountId: string, { records, unread }: TokensRead, question: Question): TokenGrants {
  if (!records) return { grants: null, unread };
  const now = Date.now();
  const found = records.flatMap((record) => matchToken(record, question, accountId, now) ?? []);
  const sorted = inOrder(
    found,
    ({ token }) => token.name ?? "",
    ({ token }) => token.id,
  );
  return { grants: sorted.map((match) => ({ accountId, match })), unread };
}

/** Tokens of several people are proof that the credential may see more than those that it has made. */
const perhapsOwn: Unread = {
  kind: "apiTokens",
  what: null,
  reason:
    "Cloudflare may have listed only the tokens that this credential has made: none was seen of two different creators.",
};

export const TokenGrantRef = builder.objectRef<TokenGrantNode>("ApiTokenGrant");
TokenGrantRef.implement({
  description: "An API token of the account that has a permission on a resource, or may have it, or is denied it.",
  fields: (t) => ({
    apiToken: t.field({
      type: ApiTokenRef,
      nullable: false,
      description: "The token.",
      resolve: ({ accountId, match }) => ({ type: "ApiToken" as const, accountId, record: match.token }),
    }),
    verdict: t.field({
      type: VerdictEnum,
      nullable: false,
      description:
        "The answer for this token: never `NOT_GRANTED`. `CONDITIONAL` for one that is disabled, or not valid yet; expired ones are not " +
        "listed. Networks to which it is limited are not looked at.",
      resolve: ({ match }) => match.verdict,
    }),
    policies: t.field({
      type: [TokenPolicyRef],
      nullable: false,
      ...assumes(1),
      description: "Policies of the token that have to do with it.",
      resolve: ({ accountId, match }) => match.policies.map((record) => ({ accountId, record })),
    }),
  }),
});
