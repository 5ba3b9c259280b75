import { setTimeout as wait } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Call, CallDeadline } from "../cloudflare/client.ts";
import { isRead } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { userGroups } from "../cloudflare/user-groups.ts";
import type { Link } from "./link.ts";

/** Groups that are remembered at most. */
const most = 10_000;

const ofMembers = new Set<string>(Object.values(userGroups.members).map(({ route }) => route));

/** Options of the link; every field has a default. */
interface ReadAfterCreateOptions {
  /** Milliseconds after its creation for which a group is fresh. @default 60000 */
  fresh?: number;
  /** Milliseconds that one call is waited for at most. @default 20000 */
  longest?: number;
  /** Milliseconds before the first repetition; they double. @default 250 */
  first?: number;
}

/**
 * Cloudflare creates a user group before all of it knows: for a while `/members` of the new group answers 404. Groups
 * created through here are remembered for a minute, and their members asked again until they are there. A 404 says that
 * nothing was done, so that writes may be repeated, too. All of it happens within the operation's time; a client that
 * leaves ends reads alone. One memory serves a process; each operation gets a link of its own.
 */
export function readAfterCreate(options: ReadAfterCreateOptions = {}): (deadline?: CallDeadline) => Link {
  const { fresh = 60_000, longest = 20_000, first = 250 } = options;
  // Each goes by itself when its time is over.
  const timed = { ttl: fresh, ttlAutopurge: true, ttlResolution: 0, perf: { now: () => Date.now() } };
  const created = new LRUCache<string, true>({ max: most, ...timed });

  return (deadline) =>
    (next): Call =>
    async (endpoint, params, body, callOptions) => {
      const ends = isRead(endpoint.route) ? deadline : undefined;
      const { user_group_id: group = "" } = params as { user_group_id?: string };
      const asked = Date.now();
      for (let pause = first; ; pause *= 2) {
        try {
          const answer = await next(endpoint, params, body, callOptions);
          if (endpoint.route === userGroups.create.route) {
            created.set((answer.result as { id: string }).id, true);
          }
          if (endpoint.route === userGroups.remove.route) created.delete(group);
          return answer;
        } catch (error) {
          const waits = ofMembers.has(endpoint.route) && missesGroup(error) && created.has(group);
          const until = Math.min(asked + longest, deadline?.until ?? Number.POSITIVE_INFINITY);
          if (!waits || Date.now() + pause > until) throw error;
          await wait(pause, undefined, ends && { signal: ends.signal }).catch(() => {
            throw error;
          });
        }
      }
    };
}

/** A 404 for the group; one for a member says that the group is there. */
function missesGroup(error: unknown): boolean {
  if (!(error instanceof CloudflareError) || error.kind !== "not_found") return false;
  return !error.errors.some(({ message }) => /not found in user group/i.test(message));
}
