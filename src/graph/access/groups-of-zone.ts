import { resourceOf, zoneKeyOf } from "../../access/resource.ts";
import { matchGroups } from "../../access/who-can.ts";
import type { UserGroup } from "../../cloudflare/user-groups.ts";
import type { Context } from "../context.ts";
import { inTurns } from "../in-turns.ts";
import { findPlace, type Place } from "./place.ts";
import { questionOf } from "./question.ts";

/** The resource of a list that is asked for a zone. */
export function zoneAsked(zoneId: string) {
  return { resource: resourceOf(zoneKeyOf(zoneId), ""), argument: "zoneId" };
}

/** Filter of a list of user groups: those of a zone, which is looked for beside the list. */
export function onZone(accountId: string, zoneId: string, context: Context) {
  return {
    kept: { zoneId },
    wanted: () => findPlace(accountId, zoneAsked(zoneId), context),
    find: (groups: UserGroup[], zone: Place) => groupsOfZone(accountId, zone, groups, context),
  };
}

/** Of some user groups those that have a policy which allows something on a zone, or which may: one that cannot be read, say. */
async function groupsOfZone(accountId: string, { resource }: Place, groups: UserGroup[], context: Context) {
  const { question } = await questionOf(accountId, { resource }, { catalogue: [], holders: groups }, context);
  const matching = await inTurns(matchGroups(groups, question), context.slice);
  const relevant = matching.filter(
    ({ matches, unreadable }) => unreadable || matches.some(({ policy }) => policy.access !== "deny"),
  );
  return relevant.map(({ group }) => group);
}
