import * as z from "zod";
import { isKeySecret, KEY_SECRET } from "../../upstream/budget/key-secret.ts";

/** Settings of the Redis that replicas share. */
export const redisSettings = {
  /** Empty for none. */
  REDIS_URL: z
    .string()
    .refine((text) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? ""), "a redis or rediss URL")
    .default("")
    .describe(
      "Redis in which replicas count the calls of a credential together. Its key there is an HMAC. Without Redis each process counts on its own.",
    ),
  /** Empty for none. */
  REDIS_OPTIONS_FILE: z
    .string("a path")
    .default("")
    .describe(
      "JSON file with options of the Redis client, in place of `REDIS_URL`: those of `createClient`, or of `createSentinel` where it has `sentinelRootNodes`.",
    ),
  /** Empty for none. */
  REDIS_KEY_SECRET: z
    .string()
    .refine(isKeySecret, KEY_SECRET)
    .default("")
    .describe(
      "Secret under which all keys in Redis are HMACs, the same for all replicas: those who read Redis then recognise no credential, caller or account that they know.",
    ),
  REDIS_KEY_SECRET_FILE: z
    .string("a path")
    .default("")
    .describe("File with the same, in its place. It is read at the start."),
  UPSTREAM_REPLICAS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, "a whole number, 1 to 999")
    .transform(Number)
    .prefault("1")
    .describe("Number of replicas. While Redis is down each uses 1/N of the remaining quota."),
};

/** What does not go together, a sentence for each. `given` are the variables that are set. */
export function redisProblems(given: Readonly<Record<string, unknown>>): string[] {
  const problems = [
    ["REDIS_URL", "REDIS_OPTIONS_FILE"],
    ["REDIS_KEY_SECRET", "REDIS_KEY_SECRET_FILE"],
  ]
    .filter((pair) => pair.every((name) => given[name]))
    .map((pair) => `${pair.join(" and ")} are both set: unset one of them.`);
  const secrets = ["REDIS_KEY_SECRET", "REDIS_KEY_SECRET_FILE"].filter((name) => given[name]);
  if (!given.REDIS_URL && !given.REDIS_OPTIONS_FILE)
    for (const name of secrets)
      problems.push(`${name} has no effect without REDIS_URL or REDIS_OPTIONS_FILE: set one of them.`);
  return problems;
}
