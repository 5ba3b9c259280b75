import * as z from "zod";
import { CloudflareError, type UnreadableRecord } from "./error.ts";

/**
 * A list that Cloudflare may leave out or answer as `null` when it is empty: group members and resource groups without
 * a match are `null`, a user group without policies has no `policies` key. Read as `[]` in each case.
 */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((records) => records ?? []);
}

/** An object that keeps the fields it is not known to have, though its type does not show them: to be written again. */
export function keepingUnknown<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape) as unknown as z.ZodObject<Shape>;
}

/** A {@link list} within a record. If it cannot be read, each access to it throws, and the record stays usable. */
export function listWithin<Item extends z.ZodType>(item: Item) {
  return list(item).catch(
    ({
      error: {
        issues: [issue],
      },
    }) => unreadable(issue?.path[0], issue?.message) as never,
  );
}

/** A list that throws wherever it is touched. */
function unreadable(place: PropertyKey | undefined, problem: string | undefined): never[] {
  const at = typeof place === "number" ? `at ${place} of a list` : "in place of a list";
  const error = new CloudflareError("", `Cloudflare sent something unexpected ${at}: ${problem}.`, {
    kind: "invalid_response",
  });
  const fail = () => {
    throw error;
  };
  return new Proxy([], { get: fail, has: fail, ownKeys: fail });
}

/** Problem of a record, until its answer is known. */
export class Misfit {
  readonly id: string | undefined;
  readonly place: PropertyKey[];
  readonly problem: string;

  constructor(input: unknown, issue: { path: PropertyKey[]; message: string } | undefined) {
    const { id } = (input ?? {}) as { id?: unknown };
    this.id = typeof id === "string" ? id : undefined;
    this.place = issue?.path ?? [];
    this.problem = issue?.message ?? "";
  }
}

/** The {@link list} that is an answer: a record that cannot be read is a failure in its place. */
export function records<Item extends z.ZodType>(item: Item) {
  const record = item.catch(
    ({
      input,
      error: {
        issues: [issue],
      },
    }) => new Misfit(input, issue) as never,
  );
  return z
    .array(record)
    .nullish()
    .transform((read) => (read ?? []) as (z.output<Item> | UnreadableRecord)[]);
}

/**
 * Free attributes of a permission or resource group. Documented as `{ key, value }`, in fact a map of strings such as
 * `{ label: "dns_admin", editable: "false" }`: both are read as the map. A value that is no string is kept as its JSON.
 */
export const Meta = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((meta): Record<string, string> | undefined => {
    if (!meta) return undefined;
    if (typeof meta.key !== "string" && isTexts(meta)) return meta;
    const named = typeof meta.key === "string" && "value" in meta && Object.keys(meta).length === 2;
    const entries = named ? [[meta.key as string, meta.value] as const] : Object.entries(meta);
    const texts = entries.map(([key, value]) => [key, typeof value === "string" ? value : json(value)] as const);
    return Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
  });

function isTexts(meta: Record<string, unknown>): meta is Record<string, string> {
  for (const key in meta) if (typeof meta[key] !== "string") return false;
  return true;
}

/** Nothing for nothing, nor for what is nested deeper than the stack reaches. */
function json(value: unknown): string | undefined {
  try {
    return JSON.stringify(value ?? undefined);
  } catch {
    return undefined;
  }
}

/** Answer of a `DELETE`: the deleted ID, or `null`. */
export const Deleted = z.object({ id: z.string() }).nullish();

/** A number that only helps: what is none is read as if it was left out. */
function helpful(number: z.ZodNumber) {
  return number.nullish().catch(null);
}

/** Position of a page in its list. Every number may be missing; `total_count` is documented as counting without filters. */
export const ResultInfo = z.object({
  page: helpful(z.int().min(1)),
  per_page: helpful(z.int().min(1)),
  count: helpful(z.int().min(0)),
  total_count: helpful(z.int().min(0)),
  total_pages: helpful(z.int().min(0)),
});
export type ResultInfo = z.output<typeof ResultInfo>;

/** A code, also where it comes as text: `"971"`. */
const Code = z
  .union([
    z.int32(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

/**
 * One entry of an envelope's `errors` or `messages`, which may be a plain text. The code may be missing, or be the HTTP
 * status. Unreadable entries are left out: they must hide neither the rest nor, in `messages`, a result that is good.
 */
export const Message = z.union([
  z.object({
    code: Code,
    message: z.string().nullish().catch(null),
    documentation_url: z.string().nullish().catch(null),
    source: z.object({ pointer: z.string().nullish() }).nullish().catch(null),
  }),
  z.string().transform((message) => ({ code: null, message, documentation_url: null, source: null })),
]);
export type Message = z.output<typeof Message>;
