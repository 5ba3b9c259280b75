import type { Grant, Source } from "./grant.ts";
import type { NearMiss } from "./near-miss.ts";
import type { Question } from "./question.ts";
import { idIn } from "./resource.ts";
import type { Standing, Verdict } from "./verdict.ts";

/** A user group as sentences name it. */
export interface Named {
  readonly id: string;
  readonly name?: string | null | undefined;
}

/** What a sentence says of one member. */
export interface Told {
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly grants: readonly Grant<Named>[];
  /** What could not be read, if anything that matters. */
  readonly unread: readonly string[];
}

/** Sources that a sentence names; further ones are counted. */
const NAMED = 3;

/** The answer to a question about one member for people. Names are Cloudflare's: they are data, and never markup. */
export function sentenceOf(who: string, question: Question, { verdict, standing, grants, unread }: Told): string {
  const what = `${nameOf(question)} on ${placeOf(question)}`;
  const through = (effect: string) => sourcesOf(grants.filter(({ match }) => match.effect === effect));
  switch (verdict) {
    case "allowed":
      return `${who} has ${what}, through ${through("allow")}.`;
    case "denied":
      return `${who} is denied ${what}, by ${through("deny")}.`;
    case "conditional":
      return `${who} has ${what} ${conditions[standing]}, through ${through("allow")}.`;
    case "notGranted":
      return `No policy or role that was read grants ${who} ${what}.`;
    case "unknown":
      return `Whether ${who} has ${what} is unknown: ${doubts(grants, standing, unread)}.`;
  }
}

const conditions: Partial<Record<Standing, string>> = {
  pending: "as soon as they accept the invitation",
  withoutTwoFactor: "as soon as they enable two-factor authentication",
};

/** What is missing, in words. */
export function missingSentence({ missing, match, sources }: NearMiss<Named>, question: Question): string {
  const from = sourcesOf([{ match, sources }]);
  switch (missing) {
    case "status":
      return `Granted through ${from}, but the invitation is pending.`;
    case "twoFactor":
      return `Granted through ${from}, but the account enforces two-factor authentication, and the member has not enabled it.`;
    case "scope":
      return `Granted through ${from}, but not on ${placeOf(question)}.`;
    case "permission":
      return `Through ${from} there is a smaller permission on ${placeOf(question)}.`;
  }
}

function nameOf({ permission }: Question): string {
  if (!permission) return "any permission";
  return permission.name ?? permission.label ?? `permission group ${permission.id}`;
}

/** The resource for people: the account, a zone by its name or ID, and any other by its key. */
function placeOf({ resource }: Question): string {
  if (!resource || resource.kind === "account") return "the account";
  if (resource.kind === "zone") return `zone ${resource.name ?? idIn(resource)}`;
  return resource.kind === "allZones" ? "all zones" : resource.key;
}

function sourcesOf(grants: readonly Grant<Named>[]): string {
  const names = [...new Set(grants.flatMap(({ sources }) => sources).map(sourceOf))];
  const more = names.length - NAMED;
  return [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function sourceOf(source: Source<Named>): string {
  if (source.kind === "direct") return "a policy of their own";
  if (source.kind === "role") return `the role ${source.role.name ?? source.role.id}`;
  return `the user group ${source.group.name ?? source.group.id}`;
}

function doubts(grants: readonly Grant<Named>[], standing: Standing, unread: readonly string[]): string {
  const found = new Set<string>();
  for (const { match } of grants) {
    if (match.effect === "perhaps") found.add("a policy has an access word that is not known");
    if (match.effect === "perhapsDeny") found.add("a policy denies something that may include it");
    if (match.effect === "perhapsAllow") found.add("a policy or role allows something that may include it");
  }
  const allowed = grants.some(({ match }) => match.effect === "allow");
  if (allowed && standing === "unknown") found.add("whether they may use what is granted to them could not be told");
  if (unread.length > 0) found.add(`${unread.join(", ")} could not be read`);
  return [...found].join("; ");
}
