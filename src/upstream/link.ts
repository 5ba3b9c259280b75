import type { Call } from "../cloudflare/client.ts";

/** One guard of a call: takes the rest of the chain, and gives a client that has the guard in front of it. */
export type Link = (next: Call) => Call;

/** A client with these guards in front of it, the outermost first. */
export function compose(links: readonly Link[], client: Call): Call {
  return links.reduceRight((next, link) => link(next), client);
}
