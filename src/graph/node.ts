import { isPathId, type Result } from "../cloudflare/endpoint.ts";
import { isNotFound } from "../cloudflare/error.ts";
import { accounts } from "../cloudflare/index.ts";
import type { Resource } from "../loaders/loaders.ts";
import { isRawId } from "./argument.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { costs, type Refetch, refetch } from "./cost.ts";
import { badInput } from "./error.ts";
import { atMost, atMostIds, MAX_IDS } from "./list-limit.ts";

/** The shape behind every node; the type's name tells interfaces and unions what it is. */
export interface Node {
  readonly type: string;
}

/** Reads a node again from the parts of its global ID; `null` where there is no such thing (any more). */
type Reload = (parts: string[], context: Context) => Promise<Node | null> | Node | null;

/** Its cost, from the parts alone; `undefined` if it is known without a call that the object does not exist. */
type Reads = (parts: string[]) => Refetch | undefined;

const reloads = new Map<string, { reload: Reload; reads: Reads }>();

/** Registers how a type is read again by `node` and `nodes`, from an ID of so many parts beside the type. */
export function registerNodeLoader(type: string, parts: number, reads: Reads, reload: Reload): void {
  reloads.set(`${type}/${parts}`, { reload, reads });
}

/** A record of an account that is looked up again by its own ID. */
export function nodeCost(of: string, resource: Resource): Reads {
  return ([accountId = "", id = ""]) => ({ of, accountId, id, resource });
}

/** Global ID of a node: its type, its account and what names it there. */
export function globalId(type: string, ...parts: string[]): string {
  let text = type;
  let plain = true;
  for (const part of parts) {
    const isPlain = PLAIN.test(part);
    text += `:${isPlain ? part : encodeURIComponent(part.toWellFormed())}`;
    plain &&= isPlain;
  }
  if (!plain) return Buffer.from(text, "latin1").toString("base64url");
  // Thousands of them stand in one answer, and `btoa` is three times as fast; of plain text it makes no `+` and no `/`.
  return btoa(text).slice(0, Math.ceil((text.length * 4) / 3));
}

const PLAIN = /^[0-9A-Za-z_-]*$/;

/** A global ID taken apart, and how the object behind it is read again. */
interface GlobalId {
  readonly type: string;
  readonly parts: string[];
  readonly reload: Reload;
  readonly reads: Reads;
}

/** Characters of a global ID; ours end at some two hundred. */
const MAX_ID = 500;
/** IDs that were parsed lately: one operation names the same again under each alias, for the plan and for the answer. */
const parsed = new Map<string, GlobalId>();
const MAX_PARSED = 4000;

/** Type and parts of a global ID; throws the caller's mistake, naming the argument, where the text is none. */
export function parseGlobalId(id: string, argument: string): GlobalId {
  const found = readGlobalId(id);
  if (found) return found;
  if (isRawId(id)) {
    throw badInput(
      argument,
      "is not a global ID but Cloudflare's own ID of something: `account(id:)` takes an account's, and its fields " +
        "`userGroup(id:)`, `member(id:)`, `permissionGroup(id:)`, `resourceGroup(id:)` and `ssoConnector(id:)` take theirs",
    );
  }
  throw badInput(argument, `is not a global ID as the field \`id\` gives it: ${JSON.stringify(id.slice(0, 80))}`);
}

/** The same, of one type. */
export function parseGlobalIdOf(type: string, id: string, argument: string): GlobalId {
  const found = parseGlobalId(id, argument);
  if (found.type !== type) throw badInput(argument, `must be of type ${type}, not ${found.type}`);
  return found;
}

/**
 * Type and parts of a global ID, `undefined` where the text is none. Every part that may enter a path is checked here;
 * the last of four never does.
 */
export function readGlobalId(id: string): GlobalId | undefined {
  const known = parsed.get(id);
  if (known) return known;
  const found = id.length <= MAX_ID ? read(id) : undefined;
  if (!found) return undefined;
  if (parsed.size === MAX_PARSED) parsed.clear();
  parsed.set(id, found);
  return found;
}

function read(id: string): GlobalId | undefined {
  const [type = "", ...encoded] = Buffer.from(id, "base64url").toString().split(":");
  const parts = encoded.map(decode);
  const found = reloads.get(`${type}/${parts.length}`);
  const safe = parts.slice(0, 3).every((part) => isPathId(part) || part.startsWith("@"));
  return found && safe && globalId(type, ...parts) === unpadded(id) ? { type, parts, ...found } : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** Clients that re-encode IDs may write the other base64 alphabet, or pad. */
function unpadded(id: string): string {
  let end = id.length;
  // A regular expression that looks for padding at the end begins anew at each `=`.
  while (id[end - 1] === "=") end--;
  return id.slice(0, end).replaceAll("+", "-").replaceAll("/", "_");
}

/** One record of an account, or `null` where there is none. */
export async function find<N extends Resource>(
  { loaders }: Context,
  resource: N,
  accountId: string,
  id: string,
): Promise<Result<N["get"]> | null> {
  try {
    return await loaders.one(resource, { account_id: accountId } as never, id);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // 7003 says that something in the path leads nowhere. Only the account itself tells whether it is the account.
    if (error.errors.some(({ code }) => code === 7003)) {
      await loaders.one(accounts, {}, accountId).catch((reason) => {
        if (isNotFound(reason)) throw reason;
      });
    }
    return null;
  }
}

function idsOf({ ids }: { ids: readonly (string | number)[] }): string[] {
  return atMostIds("ids", ids).map(String);
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    ...costs(
      refetch(
        "id",
        ({ id }) => [String(id)],
        "Costs 1 call; none for an account until a field other than its ID is selected.",
      ),
      (calls) => `One object by its global ID, or null if it does not exist (any more). ${calls}`,
    ),
    args: {
      id: t.arg.id({
        required: true,
        description: 'Global ID, from the field `id` of any type: `"VXNlckdyb3VwOjAyM2Ux…"`.',
      }),
    },
    resolve: (_root, { id }, context) => {
      const { parts, reload } = parseGlobalId(String(id), "id");
      return reload(parts, context);
    },
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: true, items: true },
    ...costs(
      refetch("ids", idsOf, "Objects of one type and account are read together: 50 groups of one account cost 1 call."),
      (calls) =>
        "Objects by their global IDs, in that order; null for an object that does not exist. A malformed ID is an error at its " +
        `own index, for example \`nodes.1\`, and does not affect the others. ${calls}`,
    ),
    args: {
      ids: t.arg.idList({
        required: true,
        ...atMost(MAX_IDS, 'Global IDs: `["VXNlckdyb3VwOjAyM2Ux…"]`. A repeated one costs nothing.'),
      }),
    },
    resolve: (_root, args, context) =>
      idsOf(args).map(async (id, i) => {
        const { parts, reload } = parseGlobalId(id, `ids[${i}]`);
        return reload(parts, context);
      }) as never,
  }),
}));
