import type { SandboxResponse } from "../answer.ts";
import type { Page } from "../page.ts";

/** Changes by one quirk to a call or its answer; everything else stays as it was. */
export interface QuirkHooks {
  /** The query as it is understood. */
  query?: (query: Record<string, string>, route: string) => Record<string, string>;
  /** The page as it is given. */
  page?: (page: Page, route: string) => Page;
  /** One value of a successful answer, innermost first: what stands there instead, or `undefined` to leave it out. */
  value?: (key: string, value: unknown, route: string) => unknown;
  /** A refusal. */
  refusal?: (response: SandboxResponse, route: string) => SandboxResponse;
}

/** Whether a value of an answer is an object, as opposed to a list or a leaf. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value of an answer is a user group: nothing else has a name and dates, but no `meta`. */
export function isUserGroup(value: unknown): value is Record<string, unknown> {
  return isObject(value) && "name" in value && "modified_on" in value && !("meta" in value);
}
