import { readFileSync } from "node:fs";
import { isKeySecret, KEY_SECRET } from "../upstream/budget/key-secret.ts";
import { memoryBudget } from "../upstream/budget/memory.ts";
import type { RedisServer } from "../upstream/budget/redis-options.ts";
import type { Budget, Quota } from "../upstream/budget.ts";
import type { CacheOptions } from "./cache-options.ts";
import type { Logger } from "./log.ts";
import { type Settings, SettingsError } from "./settings.ts";

/** Where Redis is, by the settings; `undefined` for none. Throws `SettingsError`, which repeats nothing of a file: it is secret. */
export function redisServer(settings: Settings): RedisServer | undefined {
  const { REDIS_URL: url, REDIS_OPTIONS_FILE: file } = settings;
  const keySecret = keySecretOf(settings);
  const server = url ? { url } : file ? { client: clientOptions(file) } : undefined;
  return server && { ...server, ...(keySecret !== undefined && { keySecret }) };
}

function keySecretOf({ REDIS_KEY_SECRET, REDIS_KEY_SECRET_FILE: file }: Settings): string | undefined {
  if (!file) return REDIS_KEY_SECRET || undefined;
  const secret = textOf(file, "REDIS_KEY_SECRET_FILE").trim();
  if (isKeySecret(secret)) return secret;
  throw new SettingsError(`The secret in the file of REDIS_KEY_SECRET_FILE must be ${KEY_SECRET}.`);
}

function clientOptions(file: string): object {
  const text = textOf(file, "REDIS_OPTIONS_FILE");
  try {
    const client: unknown = JSON.parse(text);
    if (typeof client === "object" && client !== null && !Array.isArray(client)) return client;
  } catch {
    // Its message has a part of the text.
  }
  throw new SettingsError("REDIS_OPTIONS_FILE must be a JSON object with options of the Redis client.");
}

function textOf(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(`The file of ${setting} cannot be read (${code}).`);
  }
}

/** Where it is kept what callers spent: here, or in Redis for all replicas. */
export async function budgetOf(
  settings: Settings,
  quota: Quota | false,
  redis: RedisServer | undefined,
  log: Logger,
): Promise<Budget> {
  const { UPSTREAM_REPLICAS: replicas } = settings;
  if (!redis) return memoryBudget({ quota });
  const onChange = (away: boolean) => {
    if (away) log.error(`Redis is unreachable: this replica uses 1/${replicas} of the remaining quota.`);
    else log.warn("Redis is reachable again: the replicas share the quota.");
  };
  const onInvalid = (what: string) => {
    log.error(`Invalid data in Redis is ignored: ${what}. Does another program write to it?`);
  };
  const { redisBudget } = await import("../upstream/budget/redis.ts");
  return redisBudget({ ...redis, quota, replicas, onChange, onInvalid });
}

/** What is remembered: beside the sandbox for a minute, where nothing else is set; with Redis, the replicas tell of their writes. */
export async function cacheOf(
  settings: Settings,
  aMinute: boolean,
  redis: RedisServer | undefined,
  log: Logger,
): Promise<CacheOptions> {
  const maxAge = aMinute ? 60_000 : settings.CACHE_MAX_AGE;
  const cache: CacheOptions = {
    maxAge,
    defaultAge: settings.CACHE_DEFAULT_AGE,
    staleIfError: settings.CACHE_STALE_IF_ERROR,
    size: settings.CACHE_SIZE,
  };
  if (!redis || maxAge === 0) return cache;
  const onChange = (away: boolean) => {
    if (away) log.error("Redis is unreachable: nothing is answered from memory.");
    else log.warn("Redis is reachable again: requests may be answered from memory.");
  };
  const { redisWriteCounters } = await import("../upstream/freshness/redis-write-counters.ts");
  return { ...cache, counters: redisWriteCounters({ ...redis, onChange }) };
}
