import { setTimeout as pause } from "node:timers/promises";
import { CloudflareError } from "../../cloudflare/error.ts";
import type { CancelReason, Deadline } from "../deadline.ts";
import type { Credentials } from "./credentials.ts";
import { ExpiringCache } from "./expiring-cache.ts";

/** Milliseconds for which a place is taken by a credential that was sent and has not been shown to work. */
const KEPT_FOR = 60_000;

/** Milliseconds from one look for a place to the next, where nobody tells. */
const LOOK_AGAIN = 25;

/** Milliseconds after which the end of a call is not waited for any more: its request may have been ended by the runtime. */
const LONGEST_CALL = 600_000;

/** How many addresses are looked at, those that asked last. */
const MOST_ADDRESSES = 10_000;

/** The place that one unknown credential takes among those of its address. */
interface Admission {
  /** Its calls under way. */
  calls: number;
  /** Whether any of them reached Cloudflare. */
  sent: boolean;
  /** When the last of them began, in milliseconds since the epoch. */
  began: number;
  /** When the place falls free once no call is under way, in milliseconds since the epoch. */
  until: number;
}

/** Calls of one credential that wait for a place. */
type Waiting = Set<{ enter: () => void; refuse: (resetAt: number) => void }>;

/** The unknown credentials of one client address. */
class Address {
  readonly admissions = new Map<string, Admission>();
  readonly waiting = new Map<string, Waiting>();
  timer: NodeJS.Timeout | undefined;
}

/**
 * Lets so many unknown credentials of one client address reach Cloudflare in a minute. A credential takes a place with its first
 * call. The place falls free as soon as the credential works, or when nothing of it was sent, else a minute after its last call.
 * Further credentials wait while one that has a place is not answered yet, and are refused when all of them are.
 */
export class UnknownLimit {
  readonly #most: number;
  readonly #looks: boolean;
  readonly #credentials: Credentials;
  readonly #addresses = new ExpiringCache<Address>(MOST_ADDRESSES, 2 * KEPT_FOR);

  /**
   * @param most unknown credentials of one address in a minute; `Infinity` for any number
   * @param looks whether those who wait look for a place themselves, and none is told by another request
   */
  constructor(most: number, credentials: Credentials, looks = false) {
    this.#most = most;
    this.#looks = looks;
    this.#credentials = credentials;
  }

  /** How many addresses are looked at. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Why a credential is refused at this moment, if it is: without waiting, and without taking a place. */
  refusal(client: string, key: string, route: string): CloudflareError | undefined {
    const address = this.#addresses.get(client);
    if (!address || this.#credentials.isKnown(key) || address.admissions.has(key)) return undefined;
    const resetAt = this.#fullUntil(address);
    return resetAt === undefined ? undefined : this.#limited(route, resetAt);
  }

  /**
   * Runs a call of a credential once there is a place for it. `sent` returns afterwards whether anything has reached Cloudflare.
   * Rejects where no place can fall free in time, and when the deadline is over.
   */
  async run<T>(
    client: string,
    key: string,
    route: string,
    deadline: Deadline,
    call: () => Promise<T>,
    sent: () => boolean,
  ) {
    const address = this.#addresses.get(client) ?? new Address();
    this.#addresses.set(client, address);
    const entered = this.#enter(address, key, route, deadline);
    if (entered) await entered;
    try {
      return await call();
    } finally {
      this.#cancel(address, key, sent());
    }
  }

  #enter(address: Address, key: string, route: string, deadline: Deadline): Promise<void> | undefined {
    const full = this.#fullUntil(address);
    if (address.admissions.has(key) || (address.admissions.size < this.#most && address.waiting.size === 0)) {
      this.#take(address, key);
      return undefined;
    }
    if (full !== undefined) throw this.#limited(route, full);
    const { passed } = deadline;
    if (passed) throw left(route, passed);
    if (this.#looks) {
      const waited = pause(LOOK_AGAIN, undefined, { signal: deadline.signal }).catch(() => {});
      return waited.then(() => this.#enter(address, key, route, deadline));
    }
    return new Promise((resolve, reject) => {
      const calls: Waiting = address.waiting.get(key) ?? new Set();
      address.waiting.set(key, calls);
      const listener = {
        cancel: (why: CancelReason) => {
          calls.delete(call);
          if (calls.size === 0 && address.waiting.get(key) === calls) address.waiting.delete(key);
          reject(left(route, why));
        },
      };
      const call = {
        enter: () => {
          deadline.delete(listener);
          this.#take(address, key);
          resolve();
        },
        refuse: (resetAt: number) => {
          deadline.delete(listener);
          reject(this.#limited(route, resetAt));
        },
      };
      calls.add(call);
      deadline.add(listener);
      this.#serve(address);
    });
  }

  #take({ admissions }: Address, key: string): void {
    const place = admissions.get(key);
    if (place) {
      place.calls++;
      place.began = Date.now();
    } else admissions.set(key, { calls: 1, sent: false, began: Date.now(), until: 0 });
  }

  #cancel(address: Address, key: string, sent: boolean): void {
    const place = address.admissions.get(key);
    if (!place) return;
    place.calls--;
    place.sent ||= sent;
    place.until = place.sent ? Date.now() + KEPT_FOR : 0;
    if (this.#credentials.isKnown(key)) address.admissions.delete(key);
    this.#serve(address);
  }

  /** Gives free places to those who wait; refuses them if none can fall free before its minute is over. */
  #serve(address: Address): void {
    clearTimeout(address.timer);
    const full = this.#fullUntil(address);
    for (const [key, calls] of address.waiting) {
      if (full === undefined && address.admissions.size >= this.#most && !address.admissions.has(key)) break;
      address.waiting.delete(key);
      for (const { enter, refuse } of calls) full === undefined ? enter() : refuse(full);
    }
    if (address.waiting.size === 0) return;
    const next = Math.min(
      ...Array.from(address.admissions.values(), ({ calls, until }) => (calls > 0 ? Infinity : until)),
    );
    if (Number.isFinite(next)) address.timer = setTimeout(() => this.#serve(address), next - Date.now() + 1).unref();
  }

  /** When the first place falls free, where all are taken by credentials without a call under way. */
  #fullUntil({ admissions }: Address): number | undefined {
    const now = Date.now();
    let first = Number.POSITIVE_INFINITY;
    for (const [key, { calls, began, until }] of admissions) {
      if (calls === 0 ? until <= now : began + LONGEST_CALL <= now) admissions.delete(key);
      else first = Math.min(first, calls > 0 ? 0 : until);
    }
    return admissions.size >= this.#most && first > 0 ? first : undefined;
  }

  #limited(route: string, until: number): CloudflareError {
    const resetAt = new Date(until);
    const message =
      `${route || "The operation"} was not sent: Cloudflare has not accepted any of the last ${this.#most} new credentials from ` +
      `your address, and no more are tried within a minute. Come back at ${resetAt.toISOString()}.`;
    return new CloudflareError(route, message, { kind: "rate_limited", resetAt });
  }
}

function left(route: string, why: CancelReason): CloudflareError {
  const message = `${route || "The operation"} was not sent: other new credentials from your address were still being tried.`;
  return new CloudflareError(route, message, { kind: why });
}
