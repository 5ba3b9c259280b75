import { setTimeout as pause } from "node:timers/promises";
import type { JWTVerifyGetKey } from "jose";
import { JWKSNoMatchingKey } from "jose/errors";
import { createLocalJWKSet } from "jose/jwks/local";
import { withCallTimeout } from "../../cloudflare/call-timeout.ts";
import type { Transport } from "../../cloudflare/wire.ts";
import { isWorker } from "../../end-of-turn.ts";
import { withoutSecrets } from "../../options.ts";
import { HttpError } from "../http-error.ts";

/** Where keys come from. */
export interface KeySetOptions {
  /** Where the JWKS is. */
  url: string;
  transport: Transport;
  /** Told once when the JWKS cannot be read, and once when it can be again. */
  log: (line: string) => void;
  /** Whether no request may wait for what is done in another one's. @default in a Worker */
  separateRequests?: boolean;
}

/** Finds the key that a token names, as `jwtVerify` asks for it. */
export type FindKey = JWTVerifyGetKey;

/** Milliseconds that keys are used without a look at the JWKS. */
const FRESH = 600_000;

/** Milliseconds that keys are used at most since they were read: so long may the JWKS be away. */
const LIFETIME = 3_600_000;

/** Milliseconds between two reads of the JWKS at least, whatever keys tokens name. */
const PAUSE = 10_000;

/** Milliseconds that one read may take. */
export const JWKS_TIMEOUT = 5_000;

/** Milliseconds from one look at whether another request has read the JWKS to the next. */
const LOOK_AGAIN = 25;

/** Bytes that a JWKS may have. */
export const MAX_JWKS_SIZE = 256 * 1024;

/**
 * The keys that sign tokens, read from a JWKS when the first token comes. A token that names an unknown key is a reason to
 * read it again, for keys are replaced; a read has a pause after it, so that invented names cause no more than six reads in a
 * minute. While the JWKS cannot be read, keys are used for an hour; after that nobody's token can be checked.
 */
export class KeySet {
  readonly #options: KeySetOptions;
  readonly #transport: Transport;
  #keys: FindKey | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failed = false;
  #reading: Promise<void> | undefined;
  #began = Number.NEGATIVE_INFINITY;

  constructor(options: KeySetOptions) {
    this.#options = options;
    this.#transport = withCallTimeout(options.transport, JWKS_TIMEOUT);
  }

  /** What finds keys now: another one after each read of the JWKS. Rejects with `HttpError` 503 where there is none. */
  async current(): Promise<FindKey> {
    if (this.#age() > FRESH) await this.#read();
    if (this.#keys === undefined || this.#age() > LIFETIME) throw unreadable();
    return this.#keys;
  }

  /** Rejects with `HttpError` 503 where it cannot be known, and with `JWKSNoMatchingKey` where there is no such key. */
  readonly find: FindKey = async (header, token) => {
    const find = await this.current();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw error;
      await this.#read();
      // The key may be in the JWKS that could not be read.
      if (this.#failed) throw unreadable();
      return await (await this.current())(header, token);
    }
  };

  #age(): number {
    return performance.now() - this.#readAt;
  }

  /** Reads the JWKS, unless that was tried a moment ago. Never rejects. */
  async #read(): Promise<void> {
    const { separateRequests = isWorker } = this.#options;
    if (separateRequests) {
      // A request that was ended by the runtime never says that its read is over.
      while (this.#reading && performance.now() < this.#began + JWKS_TIMEOUT + LOOK_AGAIN) await pause(LOOK_AGAIN);
      if (performance.now() - this.#triedAt >= PAUSE) await this.#start();
      return;
    }
    if (!this.#reading && performance.now() - this.#triedAt >= PAUSE) void this.#start();
    await this.#reading;
  }

  #start(): Promise<void> {
    this.#began = performance.now();
    const reading = this.#fetch()
      .then(
        (keys) => this.#succeeded(keys),
        (error: Error) => this.#told(error.message),
      )
      .finally(() => {
        this.#triedAt = performance.now();
        if (this.#reading === reading) this.#reading = undefined;
      });
    this.#reading = reading;
    return reading;
  }

  #succeeded(keys: FindKey): void {
    this.#keys = keys;
    this.#readAt = performance.now();
    if (this.#failed) this.#options.log(`The JWKS at ${withoutSecrets(this.#options.url)} can be read again.`);
    this.#failed = false;
  }

  #told(problem: string): void {
    if (!this.#failed) this.#options.log(`${problem}: ${withoutSecrets(this.#options.url)}. ${USED}`);
    this.#failed = true;
  }

  async #fetch(): Promise<FindKey> {
    const headers = { accept: "application/json", "user-agent": "cloudflare-iam-graphql" };
    const {
      status,
      text,
      unreadable: why,
    } = await this.#transport({
      route: "The JWKS",
      method: "GET",
      url: this.#options.url,
      headers,
    });
    if (status !== 200) throw new Error(`The JWKS was answered with ${status}`);
    if (why) throw new Error(`The JWKS is ${why}`);
    if (text.length > MAX_JWKS_SIZE) throw new Error(`The JWKS has more than ${MAX_JWKS_SIZE} bytes`);
    try {
      return createLocalJWKSet(JSON.parse(text));
    } catch {
      throw new Error("The JWKS is not JSON with a list of `keys`");
    }
  }
}

const USED = "The keys that are known are used until they are an hour old; then requests are refused with 503.";

function unreadable(): HttpError {
  const message = "Tokens cannot be checked now: the keys that they are signed with (JWKS) could not be read.";
  return new HttpError(503, message, {
    code: "UPSTREAM_UNAVAILABLE",
    headers: { "retry-after": String(PAUSE / 1000) },
  });
}
