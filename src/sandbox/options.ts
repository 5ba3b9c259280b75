import * as z from "zod";
import { callable, count, flag, object, orFalse, text, value, whole } from "../options.ts";
import type { Size } from "./acme.ts";
import { type Quirk, quirks } from "./quirks.ts";
import type { Quota } from "./quota.ts";
import type { Jitter } from "./server.ts";

/** Options of a sandbox; every field has a default. */
export interface SandboxOptions extends Size {
  /** Requests per user and window; `false` counts none. @default Cloudflare's 1,200 in 300 seconds */
  quota?: Quota | false;
  /** Clock for quotas, timestamps and SSO polling. @default the real time */
  clock?: () => Date;
  /** Milliseconds that an answer over HTTP takes longer, from and to, in a sequence that is always the same. */
  jitter?: Jitter;
  /** How many calls of `/members` miss a user group that was just created. @default 0 */
  lag?: number;
  /** Names of user groups that SCIM keeps. @default none */
  scim?: string[];
  /**
   * Whether a member's policies contain those of the member's user groups: two pages of Cloudflare's documentation contradict each
   * other [D]. @default false
   */
  inheritedPolicies?: boolean;
  /** Ways in which answers differ from the usual ones, by name. @default none */
  quirks?: readonly Quirk[];
}

const isTime = (given: unknown) => typeof given === "number" && given >= 0;
const isJitter = (given: unknown) => Array.isArray(given) && given.length === 2 && given.every(isTime);

/** Allowed values of `SandboxOptions`. */
export const sandboxOptions = object<SandboxOptions>({
  groups: count("user groups", 0),
  membersPerGroup: count("members", 0),
  members: count("members", 0),
  accounts: count("accounts", 0),
  quota: orFalse(object<Quota>({ requests: count("requests", 0), seconds: whole("seconds") }, "requests", "seconds")),
  clock: callable("a function that gives a Date"),
  jitter: value("two numbers of milliseconds, the least and the most", isJitter),
  lag: count("calls", 0),
  scim: z.array(text, "a list of names"),
  inheritedPolicies: flag,
  quirks: z.array(
    value(`one of ${Object.keys(quirks).join(", ")}`, (given) => typeof given === "string" && given in quirks),
    "a list of names",
  ),
});
