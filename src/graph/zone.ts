import { isPathId } from "../cloudflare/endpoint.ts";
import { CloudflareError, isNotFound, UnreadableRecord } from "../cloudflare/error.ts";
import { type Zone, zones } from "../cloudflare/zones.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum } from "./cloudflare-enum.ts";
import type { Context } from "./context.ts";
import type { EvaluationReads } from "./cost.ts";
import { badInput } from "./error.ts";
import { globalId, nodeCost, registerNodeLoader } from "./node.ts";

/** A zone of one account. */
export interface ZoneNode {
  type: "Zone";
  accountId: string;
  record: Zone;
}

const ZoneStatusEnum = cloudflareEnum("ZoneStatus", "Status of a zone.", {
  initializing: "Being set up.",
  pending: "Waits until its name servers are those of Cloudflare.",
  active: "Served by Cloudflare.",
  moved: "Its name servers are no longer those of Cloudflare.",
});

/** A domain that Cloudflare serves. */
export const ZoneRef = builder.objectRef<ZoneNode>("Zone");
ZoneRef.implement({
  description:
    "A domain of the account, as scopes and questions name it. Read only. Reading it needs the permission “Zone Read”.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ accountId, record }) => globalId("Zone", accountId, record.id),
    }),
    cloudflareId: t.string({
      nullable: false,
      description: "Cloudflare's own ID.",
      resolve: ({ record }) => record.id,
    }),
    name: t.string({ description: "Name of the domain: `shop.acme.example`.", resolve: ({ record }) => record.name }),
    status: t.field({
      type: ZoneStatusEnum.type,
      description: "Status of the zone.",
      resolve: ({ record }) => ZoneStatusEnum.read(record.status),
    }),
  }),
});

/** What may see no list of zones may see none of them: a token for single zones has a list of these. */
const resource = { ...zones, sameRights: true };

/**
 * One zone of an account, alone or from the list, whichever is cheaper. A zone is read by its ID alone, so only its record tells
 * whose it is: one of another account is told exactly like one that does not exist.
 */
export async function findZone({ loaders }: Context, accountId: string, id: string): Promise<ZoneNode> {
  if (!isPathId(id)) throw noZone(id);
  const record = await loaders.one(resource, { "account.id": accountId }, id).catch((error: unknown) => {
    throw isNotFound(error) ? noZone(id) : error;
  });
  if (record.account?.id !== accountId) throw noZone(id);
  return { type: "Zone", accountId, record };
}

function noZone(id: string): CloudflareError {
  const message = `There is no zone ${id} in this account, or it is not visible to this token.`;
  return new CloudflareError(zones.get.route, message, { kind: "not_found" });
}

/** Accounts of which an execution was told that their zones may not be seen. */
const refused = new WeakMap<object, Set<string>>();

/** A zone for display: where the token may see none, the first field that asks is told so, and the others are null. */
export async function zoneToShow(context: Context, accountId: string, id: string): Promise<ZoneNode | null> {
  try {
    return await findZone(context, accountId, id);
  } catch (error) {
    if (!(error instanceof CloudflareError && error.kind === "forbidden")) throw error;
    const told = refused.get(context.objects) ?? new Set();
    refused.set(context.objects, told);
    if (told.has(accountId)) return null;
    told.add(accountId);
    throw error;
  }
}

/** Name of a zone as Cloudflare compares it. A colon would make an operator of what precedes it. */
export function zoneNameOf(name: string, argument: string): string {
  if (/^[^\s:/]{1,253}$/.test(name)) return name.toLowerCase();
  const shown = JSON.stringify(name.slice(0, 80));
  throw badInput(argument, `must be the name of a zone, such as \`example.com\`, not ${shown}`);
}

/** The zone of a name; one that the account does not have, or the token does not see, is the caller's mistake. 1 call. */
export async function zoneByName(
  { loaders }: Context,
  accountId: string,
  name: string,
  argument: string,
): Promise<Zone> {
  const params = { "account.id": accountId, name };
  const { records } = await loaders.window(zones.list, params, 0, zones.list.perPage.max);
  for (const record of records) {
    if (record instanceof UnreadableRecord) throw record;
    if (record.account?.id === accountId && record.name?.toLowerCase() === name) return record;
  }
  throw badInput(argument, `names no zone of this account that the token may see: ${JSON.stringify(name)}`);
}

/** What looking a zone up by its name reads. */
export function zoneReads(name: string): EvaluationReads {
  return { lookUps: [{ list: zones.list, by: { name } }] };
}

registerNodeLoader("Zone", 2, nodeCost("Zone", zones), ([accountId = "", id = ""], context) =>
  findZone(context, accountId, id),
);
