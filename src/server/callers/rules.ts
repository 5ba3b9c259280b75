import * as z from "zod";
import { object } from "../../options.ts";
import type { AccessLevel, Rights } from "../../upstream/rights.ts";

/** What a claim must be: equal to this, or a list with this in it. An object holds what claims inside a claim must be. */
export type ClaimValue = string | number | boolean | { readonly [claim: string]: ClaimValue };

/** The claims of a token that was verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** What callers with certain claims may do, and in which accounts. */
export interface CallerRule {
  /** All of them must match. */
  claims: { readonly [claim: string]: ClaimValue };
  /** Account IDs, or `"*"` for all accounts of the credential. */
  accounts: "*" | readonly string[];
  /** `"write"` includes `"read"`. */
  access: AccessLevel;
  /** `"any"`: they may send documents that are not trusted, as for GraphiQL and introspection. @default trusted documents, if there are any */
  documents?: "any";
}

const claim: z.ZodType = z.union(
  [z.string(), z.number(), z.boolean(), z.lazy(() => claims)],
  "a string, a number, true, false, or an object of claims",
);
const claims: z.ZodType = z
  // A record of zod's leaves this name out, so that what stands there would not be checked.
  .custom(
    (given) => typeof given !== "object" || !Object.hasOwn(given ?? {}, "__proto__"),
    "claims without `__proto__`",
  )
  .pipe(z.record(z.string(), claim, "an object of claims"))
  .refine((given) => Object.keys(given as object).length > 0, "an object with at least one claim");

const ids = 'a list of account IDs, or "*" for all accounts';
const id = z.string("an account ID").regex(/^[0-9A-Za-z]{32}$/, "an account ID of 32 letters and digits");
const accounts = z.union([z.literal("*"), z.array(id).min(1, ids)], ids);

const rule = object<CallerRule>(
  { claims, accounts, access: z.enum(["read", "write"], "read or write"), documents: z.literal("any", "any") },
  "claims",
  "accounts",
  "access",
);

/** A list of {@link CallerRule}; `allowed` is the end of a sentence. */
export function listOfRules(allowed: string): z.ZodType {
  return z.array(rule, allowed);
}

/** What a file of rules may be: an object, so that it can have more some day. */
export const callersFile: z.ZodType = object<{ rules: readonly CallerRule[] }>(
  { rules: listOfRules("a list of rules") },
  "rules",
);

/** What a caller with these claims may do: what all rules that match give, together. Nothing where none matches. */
export function rightsOf(rules: readonly CallerRule[], given: Claims): Rights {
  const rights = new Map<string, AccessLevel>();
  for (const { claims, accounts, access } of rules) {
    if (!matches(claims, given)) continue;
    for (const account of accounts === "*" ? ["*"] : accounts)
      if (rights.get(account) !== "write") rights.set(account, access);
  }
  return rights;
}

/** Whether a caller with these claims may send any document: one rule that matches is enough. */
export function anyDocumentOf(rules: readonly CallerRule[], given: Claims): boolean {
  return rules.some(({ claims, documents }) => documents === "any" && matches(claims, given));
}

function matches(wanted: ClaimValue, given: unknown): boolean {
  if (Array.isArray(given)) return given.some((each) => !Array.isArray(each) && matches(wanted, each));
  if (typeof wanted !== "object") return wanted === given;
  if (typeof given !== "object" || given === null) return false;
  const inside = given as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(inside, name) && matches(value, inside[name]));
}
