import type { GraphQLArgument } from "graphql";
import type { ListEndpoint } from "../cloudflare/endpoint.ts";
import type { Resource } from "../loaders/loaders.ts";

// biome-ignore lint/suspicious/noExplicitAny: each field knows the shape of its own arguments
type Args = any;
type Sent = Record<string, unknown>;

/** REST calls that a field's resolver may make. The planner reads it; `says` is the sentence in the description. */
export type Cost = { says: string } & (
  | { kind: "reference"; of: string; id: (args: Args) => string }
  | {
      kind: "page";
      of: string;
      stubs: boolean;
      list: ListEndpoint;
      sent: (args: Args) => Sent;
      kept: (args: Args) => Sent;
      also: (args: Args) => EvaluationReads;
    }
  | { kind: "hasNextPage" }
  | { kind: "fullList"; list: ListEndpoint }
  | { kind: "record"; of: string; resource: Resource; id: (args: Args) => string }
  | { kind: "refetch"; argument: string; ids: (args: Args) => readonly string[] }
  | { kind: "fullRecord"; resource: Resource }
  | { kind: "write"; calls: (input: Args) => number | null; leaves: "fullRecord" | "reference" }
  | { kind: "evaluation"; reads: EvaluationCost; connects: boolean; account?: (args: Args) => string }
  | { kind: "fallbackLookup" }
);

/** What an evaluation reads, by its arguments, its account where that is known, and what its field takes; throws where they are refused. */
type EvaluationCost = (
  args: Args,
  accountId: string | undefined,
  inputs: readonly GraphQLArgument[],
) => EvaluationReads;

/** What an evaluation reads of its account in any case. What else it needs depends on what it finds. */
export interface EvaluationReads {
  /** Lists, each to its end. */
  lists?: ListEndpoint[];
  /** Lists in which something is looked up by a filter, which is told: 1 call for each. */
  lookUps?: { list: ListEndpoint; by: object }[];
  /** Records: the account itself where no ID is given. */
  records?: { resource: Resource; id?: string }[];
}

/** Reads needed to load an object by its global id: a look-up, a whole list, or (an account) nothing. */
export interface Refetch {
  /** The type that is read: for a policy its owner. */
  of: string;
  accountId: string;
  id: string;
  resource?: Resource;
  list?: ListEndpoint;
}

/**
 * Field options that declare a cost: `...costs(lookUp("UserGroup", userGroups), (calls) => `One user group. ${calls}`)`.
 * Planner and description have it from the same place. `more` are further extensions of the field, `plainProperty.extensions` say.
 */
export function costs(cost: Cost, describe: (says: string) => string, more: object = {}) {
  return { description: describe(cost.says), extensions: { ...more, cost } };
}

/**
 * Field options of a list that no argument bounds: how many objects the planner assumes in it. Where a field has further
 * `extensions`, they are given along.
 */
export function assumes(length: number, more: object = {}) {
  return { extensions: { ...more, assumed: length } };
}

const nothing = () => ({});

/** An object of which the ID is enough to begin with. */
export function reference(of: string, id: (args: Args) => string): Cost {
  return { kind: "reference", of, id, says: "Costs nothing" };
}

/** How a page of a list is cut out. */
interface Cut {
  /** Filters and order as Cloudflare takes them, made of the arguments; throws where they are refused. */
  sent?: (args: Args) => Sent;
  /** Filters of ours: where one is given, the whole list is read. */
  kept?: (args: Args) => Sent;
  /** What is read beside the list. */
  also?: (args: Args) => EvaluationReads;
  /** The list has only a part of each record: other fields are looked up. */
  stubs?: boolean;
}

/** A connection over a list endpoint. `records` is what its records are called, `of` their type. */
export function page(list: ListEndpoint, of: string, records: string, cut: Cut = {}): Cost {
  const { sent = nothing, kept = nothing, also = nothing, stubs = false } = cut;
  const each = list.perPage ? `1 call per ${list.perPage.max} ${records}` : "1 call for any number";
  return { kind: "page", of, list, sent, kept, also, stubs, says: `Costs ${each}.` };
}

/** Whether records follow a page. */
export const hasNextPage: Cost = {
  kind: "hasNextPage",
  says: "Costs one more call only if Cloudflare gives no total and the page is full.",
};

/** The whole of the list that a page was taken of, without its filters. */
export function fullList(list: ListEndpoint, records: string): Cost {
  const says = `Costs the whole list, from which the page is then taken: 1 call per ${list.perPage?.max} ${records}.`;
  return { kind: "fullList", list, says };
}

/** One record of the account by the argument `id`. */
export function lookUp(of: string, resource: Resource, id: (args: Args) => string): Cost {
  return { kind: "record", of, resource, id, says: "Costs 1 call." };
}

/** Objects by their global IDs, which are made of an argument. */
export function refetch(argument: string, ids: (args: Args) => readonly string[], says: string): Cost {
  return { kind: "refetch", argument, ids, says };
}

/** A field of the whole record, where perhaps less of it is at hand. */
export function fullRecord(resource: Resource, says = ""): Cost {
  return { kind: "fullRecord", resource, says };
}

/**
 * A field that works something out of whole lists of the account, and of further calls that depend on what it finds: the
 * planner knows no bound. `connects` where it is a connection; `account` tells the account's ID where the field stands on none.
 */
export function evaluation(
  says: string,
  reads: EvaluationCost,
  connects = false,
  account?: (args: Args) => string,
): Cost {
  return { kind: "evaluation", says, reads, connects, ...(account && { account }) };
}

/**
 * A field that is at hand wherever Cloudflare keeps to its reference, and looked up where it is left out. The planner
 * cannot know that, and counts nothing.
 */
export function fallbackLookup(says: string): Cost {
  return { kind: "fallbackLookup", says };
}

/**
 * A mutation: the greatest number of calls by its input, `null` where no input bounds it. What it leaves in its payload is
 * whole, or known by its ID alone.
 */
export function write(
  says: string,
  calls: (input: Args) => number | null,
  leaves: "fullRecord" | "reference" = "fullRecord",
): Cost {
  return { kind: "write", says, calls, leaves };
}
