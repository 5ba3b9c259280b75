import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Call, CallOptions, Credential } from "../cloudflare/client.ts";
import type { Endpoint } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Admission } from "./admission.ts";
import type { CancelReason, Deadline } from "./deadline.ts";
import { SingleFlight } from "./single-flight.ts";
import type { OperationUsage } from "./usage.ts";

const secret = randomBytes(32);

/**
 * Who asks: everything that decides what may be seen, today the credential. An HMAC under a key of this process, so that
 * no credential is ever a key of a map.
 */
export function callerKey(credential: Credential | null): string {
  return createHmac("sha256", secret).update(JSON.stringify(credential)).digest("base64url");
}

/** Whose reads are joined, for how long, and what their cost is weighed against and written down in. */
export interface Requester {
  caller: string;
  deadline: Deadline;
  alone?: boolean | undefined;
  admission: Admission;
  usage: OperationUsage;
  /** Told of a call that another operation has asked for, and that this one waits for, too. */
  joins: (call: object) => void;
}

/** Reads that are joined, for one process. A write begins a new age when it is sent and another when it has ended. */
export class RequestDeduplication {
  readonly calls: SingleFlight = new SingleFlight();
  readonly operations: SingleFlight = new SingleFlight();
  readonly #on: boolean;
  #generation = 0;
  #alone = 0;

  constructor(on = true) {
    this.#on = on;
  }

  /** What keeps one caller's reads from another's, and from reads before a write. */
  key(caller: string, ...rest: unknown[]): string {
    if (!this.#on) return this.#own();
    const asked = JSON.stringify(rest);
    // V8 hashes long strings by their length alone, and would compare those of one length one by one.
    const short = asked.length < 4096 ? asked : createHash("sha256").update(asked).digest("base64url");
    return `${caller} ${this.#generation} ${short}`;
  }

  #own(): string {
    return String(this.#alone++);
  }

  /**
   * One caller's client, whose reads are joined with equal ones of the same caller. `deadline` ends this operation's reads,
   * with `timeout` or `aborted`; its writes go on. One that mutates reads `alone`: what began before it may show less than
   * its caller knows, and must not be written back.
   */
  wrap(call: Call, { caller, deadline, alone, admission, usage, joins }: Requester): Call {
    const read = async (endpoint: Endpoint, params: never) => {
      const { route } = endpoint;
      const key = alone ? this.#own() : this.key(caller, route, params);
      let admitted = !this.calls.inFlight(key);
      if (admitted) {
        await admission.read(route).catch((refusal) => {
          admitted = false;
          // What another operation has begun meanwhile costs nothing.
          if (!this.calls.inFlight(key)) throw refusal;
        });
      }
      const other = this.calls.inFlight(key);
      const trace = other?.trace ?? { route, attempts: 0, status: null };
      let started = false;
      const start = (given: CallOptions) => {
        started = true;
        return call(endpoint, params, undefined, Object.assign(given, { trace }));
      };
      const answer = this.calls.run(key, deadline, start, (why) => unanswered(route, why));
      if (admitted && !started) admission.releaseCall();
      if (!started) joins(trace);
      const spent = usage.begin(trace, other !== undefined);
      return spent ? answer.finally(spent.ended) : answer;
    };
    const write = async (endpoint: Endpoint, params: never, body: never) => {
      const { route } = endpoint;
      await admission.write(route);
      const trace = { route, attempts: 0, status: null };
      const spent = usage.begin(trace, false);
      this.#generation++;
      try {
        return await call(endpoint, params, body, { trace });
      } finally {
        this.#generation++;
        spent?.ended();
      }
    };
    return (endpoint, params, body) =>
      (endpoint.route.startsWith("GET ")
        ? read(endpoint, params as never)
        : write(endpoint, params as never, body as never)) as never;
  }
}

function unanswered(route: string, why: CancelReason): CloudflareError {
  const words = {
    timeout: "was not answered before the operation's time was up",
    aborted: "was given up: its client left",
  };
  return new CloudflareError(route, `${route} ${words[why]}`, { kind: why });
}
