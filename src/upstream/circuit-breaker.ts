import type { Call } from "../cloudflare/client.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { Circuit, type CircuitOptions, circuitDefaults } from "./circuit-breaker/circuit.ts";
import { ExpiringCache } from "./credential-guard/expiring-cache.ts";
import type { Link } from "./link.ts";

/** Options of the circuit breaker; every field has a default. */
export interface CircuitBreakerOptions extends Partial<CircuitOptions> {
  /** Circuits of so many credentials open at once stop the calls of all. @default 3 */
  several?: number;
  /** Called when the circuit of all credentials opens (`true`) and closes (`false`). */
  onChange?: (stopped: boolean) => void;
  /** The same of one credential, by the key under which it calls. */
  onCredential?: (key: string, stopped: boolean) => void;
}

/** Milliseconds for which the circuit of a credential that does not call is kept, and how many there are. */
const KEPT_FOR = 600_000;
const MOST = 5_000;

/**
 * Stops calls that would fail. Each credential has a circuit: when nearly all of its last calls ended with 5xx, its next ones fail
 * at once (`unavailable`: nothing was sent), and other credentials are not affected. One more stands for the host: it opens when nearly all
 * of the last calls reached no server, or when the circuits of several credentials are open. After a pause one call goes
 * through; if it is answered below 500, so do all. 4xx and 429 are answers.
 */
export class CircuitBreaker {
  readonly #options: CircuitOptions;
  readonly #several: number;
  readonly #onChange: (stopped: boolean) => void;
  readonly #onCredential: (key: string, stopped: boolean) => void;
  readonly #host: Circuit;
  readonly #credentials = new ExpiringCache<Circuit>(MOST, KEPT_FOR);
  #stopped = false;

  constructor(options: CircuitBreakerOptions = {}) {
    const { several = 3, onChange = () => {}, onCredential = () => {}, ...given } = options;
    this.#options = { ...circuitDefaults, ...given };
    this.#several = several;
    this.#onChange = onChange;
    this.#onCredential = onCredential;
    this.#host = new Circuit(this.#options);
  }

  /** How many credentials have a circuit. */
  get size(): number {
    return this.#credentials.size;
  }

  /** Whether the calls of all credentials are stopped, and of how many they are. */
  get status(): { open: boolean; credentials: number } {
    let credentials = 0;
    for (const circuit of this.#credentials.values()) if (circuit.isOpen) credentials++;
    return { open: this.#host.isOpen, credentials };
  }

  /** Forgets a credential: it was none. */
  forget(key: string): void {
    this.#credentials.delete(key);
  }

  /** Why a call would not be sent now, if that is so. */
  refusal(key: string, route: string): CloudflareError | undefined {
    const own = this.#credentials.get(key);
    // Whose own circuit is open finds out for itself, and never spends the probe that decides for others.
    return (own?.isOpen ? own.stops : this.#host.stops) ? notSent(route) : undefined;
  }

  /** Link: sends a credential's calls, or rejects at once. */
  link(key: string): Link {
    return (next): Call =>
      (endpoint, params, body, options) =>
        this.run(key, endpoint.route, () => next(endpoint, params, body, options));
  }

  /** Sends a call of a credential, or rejects at once. */
  async run<T>(key: string, route: string, send: () => Promise<T>): Promise<T> {
    const refusal = this.refusal(key, route);
    if (refusal) throw refusal;
    let own = this.#credentials.get(key);
    if (!own) {
      own = new Circuit(this.#options);
      this.#credentials.set(key, own);
    }
    const probed = own.isOpen ? own : this.#host.isOpen ? this.#host : undefined;
    probed?.probe();
    try {
      const response = await send();
      this.#ended(key, own, probed, "answered");
      return response;
    } catch (error) {
      this.#ended(key, own, probed, howEnded(error));
      throw error;
    }
  }

  #ended(key: string, own: Circuit, probed: Circuit | undefined, how: Ending) {
    const answered = how === "answered";
    probed?.probed(answered);
    // An answer shows that the host is there.
    if (answered && probed) this.#host.close();
    if (probed === own && answered) this.#onCredential(key, false);
    if (probed === undefined && how !== "unanswered") {
      this.#host.note(how === "unreachable");
      if (how !== "unreachable" && own.note(how === "failed")) this.#opened(key);
    }
    if (this.#stopped !== this.#host.isOpen) {
      this.#stopped = this.#host.isOpen;
      this.#onChange(this.#stopped);
    }
  }

  #opened(key: string): void {
    this.#onCredential(key, true);
    let open = 0;
    for (const circuit of this.#credentials.values()) if (circuit.openedWithin(3 * this.#options.pause)) open++;
    if (open >= this.#several) this.#host.open();
  }
}

/** The log of a circuit breaker. */
interface BreakerLog {
  debug(line: string): void;
  warn(line: string): void;
}

/** A circuit breaker in front of an API that says in the log what it stops. */
export function loggedBreaker(baseUrl: string, logger: BreakerLog): CircuitBreaker {
  return new CircuitBreaker({
    onChange: (stopped) => {
      const { share, pause } = circuitDefaults;
      const why = `over ${share * 100} % of recent calls failed; probing every ${pause / 1000} s.`;
      const open = `Circuit breaker open for ${baseUrl}: ${why}`;
      logger.warn(stopped ? open : `Circuit breaker closed: ${baseUrl} answers again.`);
    },
    onCredential: (key, stopped) => {
      const what = stopped ? "open: its calls fail" : "closed: its calls are answered again";
      logger.debug(`Circuit breaker of credential ${key.slice(0, 8)} (HMAC) ${what}.`);
    },
  });
}

/** How a call ended: Cloudflare answered below 500, failed, was not there, or was and gave no answer. */
type Ending = "answered" | "failed" | "unreachable" | "unanswered";

function howEnded(error: unknown): Ending {
  if (!(error instanceof CloudflareError)) return "unanswered";
  const { status, kind } = error;
  if (status !== null) return status < 500 ? "answered" : "failed";
  return kind === "unavailable" ? "unreachable" : "unanswered";
}

function notSent(route: string): CloudflareError {
  const message = `${route} was not sent: Cloudflare failed at nearly all of the last calls, and is given a few seconds.`;
  return new CloudflareError(route, message, { kind: "unavailable" });
}
