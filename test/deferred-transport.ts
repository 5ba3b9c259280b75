import { setImmediate as turn } from "node:timers/promises";
import { expect } from "vitest";
import type { Transport, WireRequest } from "../src/cloudflare/transport.ts";

/** A network that holds every call until it is let through, and tells which were given up. */
export function deferredTransport(answer: Transport) {
  const held: { request: WireRequest; open: () => void; givenUp: boolean }[] = [];
  const transport: Transport = (request) =>
    new Promise((resolve, reject) => {
      const call = { request, givenUp: false, open: () => answer(request).then(resolve, reject) };
      request.signal?.addEventListener("abort", () => {
        call.givenUp = true;
        reject(request.signal?.reason);
      });
      held.push(call);
    });
  const network = {
    held,
    transport,
    /** Lets the one call of a first operation through: its credential is known to work then, and its calls go side by side. */
    async knows(asked: Promise<unknown>) {
      await network.arrived(1);
      held.pop()?.open();
      await asked;
    },
    /** Waits until so many calls have arrived. */
    async arrived(count: number) {
      for (let turns = 0; held.length < count && turns < 1000; turns++) await turn();
      // A few turns more, in which a call too many would show.
      for (let turns = 0; turns < 5; turns++) await turn();
      expect(held).toHaveLength(count);
    },
  };
  return network;
}

/** An operation of one call, for {@link deferredTransport}'s `knows`. */
export const oneCall = "{ accounts { nodes { cloudflareId } } }";
