import type { z } from "zod";
import type { Endpoint, PathParams } from "../cloudflare/endpoint.ts";
import type { SandboxIdentity } from "./credentials.ts";
import type { IdGenerator } from "./id-generator.ts";
import type { Page, ResultInfo } from "./page.ts";
import type { AccountState, SandboxState } from "./state.ts";

/** One accepted call of an endpoint: routed, allowed, and valid by the endpoint's own schemas. */
export interface Call<E extends Endpoint> {
  params: PathParams<E["route"]>;
  query: E extends { query: infer Query extends z.ZodObject } ? z.output<Query> : unknown;
  /** The page that was asked for, with the endpoint's defaults. */
  page: Page;
  body: E extends { body: infer Body extends z.ZodType } ? z.output<Body> : undefined;
  /** The body before the endpoint's schema dropped what it does not know. */
  raw: unknown;
  account: E["route"] extends `${string}{account_id}${string}` ? AccountState : undefined;
  state: SandboxState;
  caller: SandboxIdentity;
  ids: IdGenerator;
  clock: () => Date;
  /** How often `/members` of a group made by this call will miss it. */
  lag: number;
}

/** Answer of a handler; the envelope is put around it. It must fit what the endpoint's schema accepts. */
export interface Reply<E extends Endpoint> {
  result?: z.input<E["result"]>;
  result_info?: ResultInfo;
}

/** Plays one endpoint. Throws a `Refusal` where Cloudflare would refuse. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Reply<E>;

/** One handler for each endpoint of a resource, under the endpoint's own name: an endpoint without one does not compile. */
export type Handlers<Rows> = {
  [Name in keyof Rows as Rows[Name] extends Endpoint ? Name : never]: Rows[Name] extends Endpoint
    ? Handler<Rows[Name]>
    : never;
};
