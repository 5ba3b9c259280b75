import type { Paging } from "./connection.ts";
import { failure } from "./rest.ts";

/** What lists can be asked for. */
type Filters = Record<
  "id" | "name" | "search" | "label" | "status" | "zoneId" | "zoneName" | "orderBy" | "direction",
  string | null
>;
/** Arguments of the lists, filters and orders among them. */
export type Asked = Paging & Partial<Filters>;

/** Refuses what is no raw ID. */
export function raw(id: string): string {
  if (!/^[0-9A-Za-z]{32}$/.test(id)) throw failure("BAD_USER_INPUT");
  return id;
}

/** Refuses filters that cannot be meant, and tells what is asked beside the page. */
export function filters(asked: Asked, own: (keyof Filters)[]) {
  for (const name of ["id", "zoneId"] as const) if (asked[name] != null) raw(asked[name]);
  for (const name of ["name", "label"] as const) if (asked[name] === "") throw failure("BAD_USER_INPUT");
  if (asked.zoneName != null && (asked.zoneId != null || !/^[\w.-]+$/.test(asked.zoneName)))
    throw failure("BAD_USER_INPUT");
  const given = Object.fromEntries(own.map((name) => [name, asked[name] || null]));
  const filtered = own.some((name) => given[name] !== null && name !== "direction" && name !== "orderBy");
  return { asked: given, filtered };
}

/** Whether a value is the one that is wanted, if one is. */
export const is = (wanted: string | null | undefined, value: string | undefined) => wanted == null || value === wanted;

/** Whether a text contains a part, whatever the case; everything contains nothing. */
export const has = (part: string | null | undefined, text: string) =>
  part == null || text.toLowerCase().includes(part.toLowerCase());
