import { idIn, type Resource, zoneKeyOf } from "../../access/resource.ts";
import { isNotFound } from "../../cloudflare/error.ts";
import { zones } from "../../cloudflare/zones.ts";
import type { Context } from "../context.ts";
import type { EvaluationReads } from "../cost.ts";
import { badInput } from "../error.ts";
import { findZone, zoneByName, zoneReads } from "../zone.ts";
import type { ResourceAsked } from "./question-input.ts";
import { isOfPart } from "./unread.ts";

/** The resource of a question. */
export interface Place {
  resource: Resource;
  /** It is a zone, and whether it is the account's could not be read. */
  assumed: boolean;
}

/** Finds the resource of a question. A zone that is not the account's is the caller's mistake. */
export async function findPlace(accountId: string, asked: ResourceAsked, context: Context): Promise<Place> {
  const { resource, argument, zoneName } = asked;
  if (zoneName !== undefined) {
    const zone = await zoneByName(context, accountId, zoneName, argument);
    return { resource: { kind: "zone", key: zoneKeyOf(zone.id), name: zoneName }, assumed: false };
  }
  if (resource.kind !== "zone") return { resource, assumed: false };
  try {
    const { record } = await findZone(context, accountId, idIn(resource));
    return { resource: { ...resource, name: record.name ?? undefined }, assumed: false };
  } catch (error) {
    if (isNotFound(error)) throw badInput(argument, "names no zone of this account that the token may see");
    if (!isOfPart(error)) throw error;
    return { resource, assumed: true };
  }
}

/** What finding the resource of a question reads in any case. */
export function placeReads({ resource, zoneName }: ResourceAsked): EvaluationReads {
  if (zoneName !== undefined) return zoneReads(zoneName);
  return resource.kind === "zone" ? { records: [{ resource: zones, id: idIn(resource) }] } : {};
}

/** What tells a question's resource from others. */
export function keyOfPlace({ resource, zoneName }: ResourceAsked): string {
  return resource?.key ?? `zone ${zoneName}`;
}
