import { z } from "zod";

/**
 * A list that Cloudflare may leave out or answer as `null` when it is empty: group members and resource groups without
 * a match are `null`, a user group without policies has no `policies` key. Read as `[]` in each case.
 */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((rows) => rows ?? []);
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
    const named = typeof meta.key === "string" && "value" in meta && Object.keys(meta).length === 2;
    const entries = named ? [[meta.key as string, meta.value] as const] : Object.entries(meta);
    return Object.fromEntries(
      entries
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
  });

/** What a `DELETE` answers: the id that is gone, or `null`. */
export const Deleted = z.object({ id: z.string() }).nullish();

/** Where a page stands in its list. Every number may be missing; `total_count` is documented as counting without filters. */
export const ResultInfo = z.object({
  page: z.number().nullish(),
  per_page: z.number().nullish(),
  count: z.number().nullish(),
  total_count: z.number().nullish(),
  total_pages: z.number().nullish(),
});
export type ResultInfo = z.output<typeof ResultInfo>;

/** One entry of an envelope's `errors` or `messages`. The code may be missing, or be the HTTP status. */
export const Message = z.object({
  code: z.number().nullish(),
  message: z.string().nullish(),
  documentation_url: z.string().nullish(),
  source: z.object({ pointer: z.string().nullish() }).nullish(),
});
export type Message = z.output<typeof Message>;
