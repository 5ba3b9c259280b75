import { isDeepStrictEqual } from "node:util";
import { ask } from "./load.ts";
import type { Server, Upstream } from "./servers.ts";
import { bodyFor, callsNeeded } from "./work.ts";

/**
 * Holds the gateway's answer against the baseline's, and the calls of each against those that are needed. Throws at the first
 * difference; gives the bytes of the data, which every answer has at least.
 */
export async function check(upstream: Upstream, gateway: Server, baseline: Server, groups: number): Promise<number> {
  const [ours, theirs] = [await answer(upstream, gateway, groups), await answer(upstream, baseline, groups)];
  const needed = callsNeeded(groups);
  if (theirs.calls !== needed)
    throw new Error(`The baseline made ${theirs.calls} calls for ${groups} groups, not ${needed}.`);
  if (!isDeepStrictEqual(ours.data, theirs.data)) {
    throw new Error(
      `Gateway and baseline answer differently for ${groups} groups: ${difference(ours.data, theirs.data)}`,
    );
  }
  return JSON.stringify(theirs.data).length;
}

async function answer(upstream: Upstream, server: Server, groups: number): Promise<{ data: unknown; calls: number }> {
  const before = await upstream.control();
  const { status, text } = await ask(server.url, bodyFor(groups), "bench-check");
  const after = await upstream.control();
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
  if (status !== 200 || !data || errors) throw new Error(`${server.url} answered ${status}: ${text.slice(0, 500)}`);
  return { data, calls: after.calls - before.calls };
}

/** The first place where two values differ. */
function difference(ours: unknown, theirs: unknown, place = "data"): string | undefined {
  if (isDeepStrictEqual(ours, theirs)) return undefined;
  if (typeof ours === "object" && typeof theirs === "object" && ours && theirs) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const [one, other] = [ours, theirs].map((value) => (value as Record<string, unknown>)[key]);
      const found = difference(one, other, `${place}.${key}`);
      if (found) return found;
    }
  }
  return `${place} is ${JSON.stringify(ours)?.slice(0, 200)} and ${JSON.stringify(theirs)?.slice(0, 200)}`;
}
