import { createHmac, randomBytes } from "node:crypto";
import type { Plugin } from "graphql-yoga";
import type { Call, Credential } from "./cloudflare/client.ts";
import type { Endpoint } from "./cloudflare/endpoint.ts";

/** Something under way, and how many wait for it. */
interface Flight {
  answer: Promise<unknown>;
  waiters: number;
  giveUp: AbortController;
}

/**
 * What is asked by several at the same moment and done once. A flight ends with its last waiter: whoever leaves lets go
 * of it, and nothing is kept once it has landed.
 */
export class Flights {
  readonly #flights = new Map<string, Flight>();

  /** Waits for what is under way under this key, or starts it. `signal` ends the waiting of this caller alone. */
  join<T>(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const flight = this.#flights.get(key) ?? this.#start(key, start);
    flight.waiters++;
    if (!signal) return flight.answer as Promise<T>;
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (--flight.waiters === 0) {
          this.#land(key, flight);
          flight.giveUp.abort(signal.reason);
        }
        reject(signal.reason);
      };
      const stay = () => signal.removeEventListener("abort", leave);
      if (signal.aborted) return leave();
      signal.addEventListener("abort", leave, { once: true });
      (flight.answer as Promise<T>).then(resolve, reject).finally(stay);
    });
  }

  #start<T>(key: string, start: (signal: AbortSignal) => Promise<T>): Flight {
    const giveUp = new AbortController();
    const flight: Flight = { answer: start(giveUp.signal), waiters: 0, giveUp };
    this.#flights.set(key, flight);
    const landed = () => this.#land(key, flight);
    flight.answer.then(landed, landed);
    return flight;
  }

  #land(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  /** How many are under way. */
  get size(): number {
    return this.#flights.size;
  }
}

const secret = randomBytes(32);

/**
 * Who asks: everything that decides what may be seen, today the credential. An HMAC under a key of this process, so that
 * no credential is ever a key of a map.
 */
export function callerOf(credential: Credential | null): string {
  return createHmac("sha256", secret).update(JSON.stringify(credential)).digest("base64url");
}

/** Reads that are joined, for one process. A write begins a new age when it is sent and another when it has ended. */
export class Sharing {
  readonly calls: Flights = new Flights();
  readonly operations: Flights = new Flights();
  readonly #on: boolean;
  #age = 0;
  #alone = 0;

  constructor(on = true) {
    this.#on = on;
  }

  /** What keeps one caller's reads from another's, and from reads before a write. */
  key(caller: string, ...rest: unknown[]): string {
    if (!this.#on) return String(this.#alone++);
    return `${caller} ${this.#age} ${JSON.stringify(rest)}`;
  }

  /** One caller's client, whose reads are joined with equal ones of the same caller. `signal` ends this operation's reads. */
  wrap(call: Call, caller: string, signal: AbortSignal | undefined): Call {
    return async (endpoint: Endpoint, params, body) => {
      if (endpoint.route.startsWith("GET ")) {
        const key = this.key(caller, endpoint.route, params);
        return this.calls.join(key, signal, (given) => call(endpoint, params, body, given)) as never;
      }
      this.#age++;
      try {
        return (await call(endpoint, params, body)) as never;
      } finally {
        this.#age++;
      }
    };
  }
}

/** Runs equal queries of one caller that are under way at the same time once, and serialises their answer once. */
export function sharedOperations(sharing: Sharing, callerOfRequest: (request: Request) => string): Plugin {
  return {
    onParams: ({ paramsHandler, setParamsHandler }) => {
      setParamsHandler((payload) => {
        const { request, params } = payload;
        const { query = "", variables, operationName } = params;
        const run = async (signal: AbortSignal) =>
          serialisedOnce(await paramsHandler({ ...payload, context: { ...payload.context, signal } as never }));
        // The word alone decides: whoever has it elsewhere in a query is served all the same.
        if (/\b(mutation|subscription)\b/.test(query)) return run(request.signal);
        const key = sharing.key(callerOfRequest(request), query, variables, operationName);
        return sharing.operations.join(key, request.signal, run);
      });
    },
  };
}

function serialisedOnce<R extends object>(result: R): R {
  if (Symbol.asyncIterator in result || "errors" in result) return result;
  let text: string | undefined;
  const stringify = (value: unknown) => {
    text ??= JSON.stringify(value);
    return text;
  };
  return { ...result, stringify };
}
