import { type Limit, possibleAt } from "./limit.ts";

/** Milliseconds for which an announced rate limit is honoured without a probe: as long as Cloudflare blocks [D]. */
export const believed = 300_000;

/**
 * An announced rate limit may be absurd: a `Retry-After` of years, one call in a day. After five minutes in which a caller was
 * granted no call, one call is sent as a probe. Its response decides whether the announced limit still holds.
 */
export class QuotaProbe {
  /** Since when nothing was granted to the caller, and nothing new announced. */
  #since: number;
  /** From when a call counts that asks, as long as its answer has not come. */
  #asked: number | undefined;
  /** The policies that its answer names. */
  #policies: string | undefined;

  constructor(now: number) {
    this.#since = now;
  }

  /** Time from which one call may be sent as a probe. */
  get from(): number {
    return this.#since + believed;
  }

  /** Whether a probe is in flight. */
  get open(): boolean {
    return this.#asked !== undefined;
  }

  /** A call was granted, by what counts or to ask. */
  granted(at: number, asks: boolean): void {
    this.#since = at;
    this.#asked = asks ? at : this.#asked;
    this.#policies = undefined;
  }

  /** A rate limit was announced, or another replica probes: nothing is probed for five minutes. */
  refused(now: number): void {
    this.#since = now;
    this.#asked = undefined;
  }

  /** What was granted at that moment was never sent: another call may ask at once. */
  returned(at: number): void {
    if (at !== this.#asked) return;
    this.refused(at - believed);
  }

  /** The policies of an answer. */
  heard(policies: string | undefined): void {
    this.#policies = policies ?? this.#policies;
  }

  /** The call that asked was answered: gives the policies that hold now, empty for none; `undefined` if no call had asked. */
  answered(): string | undefined {
    if (this.#asked === undefined) return undefined;
    this.#asked = undefined;
    return this.#policies ?? "";
  }
}

/** What is known of the client whose call would ask. */
interface Asker {
  readonly closedUntil: number;
  readonly probe: QuotaProbe;
  complete(limits: Limit[], now: number): Limit[];
}

/**
 * When a call that asks may pass; null where nothing is gained, because any other may pass as early. `units` is 0 where
 * that call is counted already.
 */
export function asksAt(ours: Limit[], client: Asker, now: number, units: 0 | 1): number | null {
  const closed = Math.max(now, client.closedUntil);
  const long = ours.some(({ seconds }) => seconds * 1000 > believed);
  if (closed <= client.probe.from && !long) return null;
  const at = possibleAt(unasked(ours, client, now), Math.max(now, client.probe.from), units, false);
  const otherwise = possibleAt(client.complete(ours, now), closed, units, false);
  return at !== null && (otherwise === null || at < otherwise) ? at : null;
}

/** What holds for a call that asks, too: short windows, and what this gateway counts under a quota that was set here. */
function unasked(ours: Limit[], client: Asker, now: number): Limit[] {
  const short = ours.filter(({ seconds }) => seconds * 1000 <= believed);
  const set = ours.filter(({ name, seconds }) => seconds * 1000 > believed && name === "");
  return [...client.complete(short, now), ...set];
}
