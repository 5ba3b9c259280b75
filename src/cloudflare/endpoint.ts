import * as z from "zod";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Method and path template as Cloudflare's reference prints them: `"GET /accounts/{account_id}"`. */
export type Route = `${Method} /${string}`;

/** The placeholders of a route, each a string: `{ account_id: string }`. */
export type PathParams<R extends string> = R extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & PathParams<Rest>
  : unknown;

/** Page sizes that a list accepts, records per page. */
export interface PerPage {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

/** One row of the table: everything that client, loaders, sandbox and contract test know of an endpoint. */
export interface Endpoint<
  R extends Route = Route,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  /** Cloudflare's heading: it greps in the docs, labels metrics and keys loaders. */
  readonly route: R;
  /** Filters and orders, without `page` and `per_page`. */
  readonly query?: Query;
  /** Schema of the body. */
  readonly body?: Body;
  /** The tolerant reader of the envelope's `result`. */
  readonly result: Result;
  /** Present when the list is paginated. */
  readonly perPage?: PerPage;
  /**
   * Where a route without `{account_id}` tells its account: the name of a parameter, or `"*"` where it answers about every account
   * that the credential sees. A parameter that `query` does not have is not sent.
   */
  readonly account?: string;
}

/** What tells the account where the route does not: `{ "account.id": string }`. */
type AccountParams<E extends Endpoint> = E extends { account: infer Name extends string }
  ? Name extends "*"
    ? unknown
    : { [K in Name]: string }
  : unknown;

/** What tells a list or record from those of other parents. */
export type ParentParams<E extends Endpoint> = PathParams<E["route"]> & AccountParams<E>;

/** Parameters of a call: path placeholders, the account, filters, and the page of a paginated list. */
export type Params<E extends Endpoint> = ParentParams<E> &
  (E extends { query: infer Query extends z.ZodObject } ? z.input<Query> : unknown) &
  (E extends { perPage: PerPage } ? { page?: number; per_page?: number } : unknown);

/** Body of a call. */
export type Body<E extends Endpoint> = E extends { body: infer B extends z.ZodType } ? z.input<B> : undefined;

/** Result of a call, as read by its schema. */
export type Result<E extends Endpoint> = z.output<E["result"]>;

/** An endpoint whose result is a list of records. */
export type ListEndpoint<Item = unknown> = Endpoint<Route, z.ZodObject, z.ZodType, z.ZodType<Item[]>>;

/** Declares a row; the route's placeholders and the schemas give every type downstream. */
export function endpoint<
  const R extends Route,
  Result extends z.ZodType,
  const Rest extends { query?: z.ZodObject; body?: z.ZodType; perPage?: PerPage; account?: string },
>(route: R, row: Rest & { result: Result }): { readonly route: R; readonly result: Result } & Rest {
  return { route, ...row };
}

const names = new Map<string, readonly string[]>();

/** The names of a route's placeholders, in order: `["account_id", "user_group_id"]`. */
export function placeholders(route: string): readonly string[] {
  const known = names.get(route) ?? Array.from(route.matchAll(/\{(\w+)\}/g), (match) => match[1] as string);
  names.set(route, known);
  return known;
}

/** The names of the parameters that tell a list from those of other parents: placeholders, and what tells the account. */
export function parentNames({ route, account }: Endpoint): readonly string[] {
  const names = placeholders(route);
  return account === undefined || account === "*" ? names : [...names, account];
}

/**
 * The account that a call is about: its ID, `"*"` for every account that the credential sees, `undefined` where the row does
 * not tell.
 */
export function accountOf({ route, account }: Endpoint, params: object): string | undefined {
  if (account === "*") return account;
  const name = account ?? (placeholders(route).includes("account_id") ? "account_id" : undefined);
  const id = name === undefined ? undefined : (params as Record<string, unknown>)[name];
  return typeof id === "string" && id !== "*" ? id : undefined;
}

/**
 * Whether an ID may stand in a path: only plain identifiers may. Anything else (`..`, a slash, a control character) could turn one
 * authorised URL into another, because `encodeURIComponent("..")` is `..`.
 */
export function isPathId(id: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/.test(id);
}

/** `asc` or `desc`, as every ordered list takes it. */
export const Direction = z.enum(["asc", "desc"]);

/** Whether a route reads: reads may be shared, repeated and given up, writes may not. */
export function isRead(route: string): boolean {
  return route.startsWith("GET ");
}
