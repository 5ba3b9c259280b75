import * as z from "zod";

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
  UPSTREAM_REPLICAS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, "a whole number, 1 to 999")
    .transform(Number)
    .prefault("1")
    .describe("Number of replicas. While Redis is down each uses 1/N of the remaining quota."),
};

/** What does not go together, a sentence for each. `given` are the variables that are set. */
export function redisProblems(given: Readonly<Record<string, unknown>>): string[] {
  const { REDIS_URL, REDIS_OPTIONS_FILE } = given;
  return REDIS_URL && REDIS_OPTIONS_FILE ? ["REDIS_URL and REDIS_OPTIONS_FILE are both set: unset one of them."] : [];
}
