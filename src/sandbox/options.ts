import { z } from "zod";
import { callable, count, object, orFalse, text, value, whole } from "../options.ts";
import { oddities } from "./quirks.ts";
import type { Quota } from "./quota.ts";
import type { SandboxOptions } from "./sandbox.ts";

const isTime = (given: unknown) => typeof given === "number" && given >= 0;
const isJitter = (given: unknown) => Array.isArray(given) && given.length === 2 && given.every(isTime);

/** What `SandboxOptions` may be. */
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
  oddities: z.array(
    value(`one of ${Object.keys(oddities).join(", ")}`, (given) => typeof given === "string" && given in oddities),
    "a list of names",
  ),
});
