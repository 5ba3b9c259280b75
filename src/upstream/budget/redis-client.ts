import type { createClient } from "@redis/client";
import type { RedisServer } from "./redis-options.ts";

/** A client of Redis, whichever way it finds its server. */
export type RedisClient = ReturnType<typeof createClient>;

/** Options of clients that are looked into. */
interface ClientOptions {
  sentinelRootNodes?: unknown;
  socket?: object;
  nodeClientOptions?: ClientOptions;
  sentinelClientOptions?: ClientOptions;
}

/** Makes a client that is not connected yet, and that fails at once where Redis is away. Processes without Redis never load it. */
export async function redisClient({ url, client }: RedisServer, connectTimeout: number): Promise<RedisClient> {
  const { createClient, createSentinel } = await import("@redis/client");
  const failing = (given: ClientOptions = {}) => ({
    ...given,
    disableOfflineQueue: true,
    socket: { ...given.socket, connectTimeout, reconnectStrategy: false as const },
  });
  const given = client as ClientOptions | undefined;
  if (given?.sentinelRootNodes === undefined)
    return createClient({ ...failing(given), ...(url !== undefined && { url }) });
  const { nodeClientOptions, sentinelClientOptions } = given;
  const options = {
    ...given,
    nodeClientOptions: failing(nodeClientOptions),
    sentinelClientOptions: failing(sentinelClientOptions),
  };
  // It has every command of the other.
  return createSentinel(options as never) as unknown as RedisClient;
}
