import type { ApiToken, TokenPolicy } from "../cloudflare/api-tokens.ts";
import type { Scope } from "../cloudflare/resource-groups.ts";
import { isNameless, type Permission, permissionOf } from "./permission.ts";
import { type Effect, effectOf } from "./policy-match.ts";
import type { Question } from "./question.ts";
import { accountKeyOf } from "./resource.ts";
import type { Verdict } from "./verdict.ts";

/** An API token that a question concerns. */
export interface TokenMatch {
  readonly token: ApiToken;
  readonly verdict: Verdict;
  /** Its policies that have to do with the question. */
  readonly policies: readonly TokenPolicy[];
}

/** The resources of a policy of a token, as the scopes of a resource group. */
export function scopesOfToken({ resources }: TokenPolicy): Scope[] {
  return Object.entries(resources ?? {}).map(([key, within]) => ({
    key,
    objects: typeof within === "string" ? [{ key: within }] : Object.keys(within).map((each) => ({ key: each })),
  }));
}

/**
 * What a token has to do with a question; `undefined` for nothing. Explicit denials win over what is allowed [D]. `now` decides
 * whether it is valid yet, or still.
 */
export function matchToken(
  token: ApiToken,
  question: Question,
  accountId: string,
  now: number,
): TokenMatch | undefined {
  if (token.status === "expired" || Date.parse(token.expires_on ?? "") <= now) return undefined;
  const effects = new Set<Effect>();
  const policies: TokenPolicy[] = [];
  try {
    for (const policy of token.policies) {
      const found = effectsOf(policy, question, accountId);
      if (found.length > 0) policies.push(policy);
      for (const effect of found) effects.add(effect);
    }
  } catch {
    // Its policies cannot be read: they may allow anything.
    effects.add("perhaps");
  }
  const verdict = verdictOf(effects, token, now);
  return verdict === "notGranted" ? undefined : { token, verdict, policies };
}

function effectsOf(policy: TokenPolicy, question: Question, accountId: string): Effect[] {
  const asked = question.permission ?? { id: "" };
  const scope = scopesOfToken(policy).map(({ key, objects }) => ({
    key: key === "com.cloudflare.api.account.*" ? accountKeyOf(accountId) : key,
    objects,
  }));
  const effects: Effect[] = [];
  for (const group of policy.permission_groups) {
    const relation = relationOf(permissionOf(group), asked);
    if (relation === "none") continue;
    // A token's group of the same name and types is taken for the one that is asked for.
    const { relation: reaches } = question.reach({ id: asked.id, meta: undefined }, { meta: undefined, scope });
    // Of other types, what is a part of what was asked may be all of it.
    if (reaches === "covers" || reaches === "unknown" || (reaches === "part" && relation === "unknown")) {
      effects.push(effectOf({ access: policy.effect }, relation, reaches === "covers"));
    } else if (reaches === "part" && policy.effect === "deny") effects.push("none");
  }
  return effects;
}

/**
 * How a permission group of the catalogue of tokens stands to one of the other catalogue: of the same name and types it is the same
 * (assumed); of the same name and other types, or where one has no name, that cannot be told.
 */
function relationOf(granted: Permission, asked: Permission): "same" | "unknown" | "none" {
  if (isNameless(granted) || asked.name === undefined) return "unknown";
  if (wordsOf(granted.name) !== wordsOf(asked.name)) return "none";
  const types = new Set(asked.scopes);
  return granted.scopes?.some((type) => types.has(type)) ? "same" : "unknown";
}

/** A name without the words in which the catalogues differ: “Cache Purge” and “Cache Domain Purge”, “DNS Write” and “Domain DNS”. */
function wordsOf(name: string | undefined): string {
  const words = (name ?? "").toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word !== "" && !["domain", "write", "edit"].includes(word)).join(" ");
}

function verdictOf(effects: ReadonlySet<Effect>, { status, not_before }: ApiToken, now: number): Verdict {
  if (effects.has("deny")) return "denied";
  if (effects.has("perhapsDeny") || effects.has("perhaps")) return "unknown";
  if (!effects.has("allow")) return effects.has("perhapsAllow") ? "unknown" : "notGranted";
  if (status === "disabled" || Date.parse(not_before ?? "") > now) return "conditional";
  return status === "active" ? "allowed" : "unknown";
}
