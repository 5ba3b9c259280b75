import { createHash, randomBytes } from "node:crypto";
import type { Call, CallOptions, Credential } from "../cloudflare/client.ts";
import { type Endpoint, isRead } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { credentialHash } from "./credential-hash.ts";
import type { CancelReason, Deadline } from "./deadline.ts";
import type { Link } from "./link.ts";
import { SingleFlight } from "./single-flight.ts";
import type { OperationUsage } from "./usage.ts";

/**
 * Who asks: everything that decides what may be seen, today the credential. An HMAC under a key of this process, so that
 * no credential is ever a key of a map.
 */
export const callerKey: (credential: Credential | null) => string = credentialHash(() =>
  randomBytes(32).toString("base64url"),
);

/** The operation whose reads are joined: its caller, its deadline, and where its calls are recorded. */
export interface Requester {
  caller: string;
  deadline: Deadline;
  /** It mutates: its reads join no others. */
  isolated?: boolean | undefined;
  usage: OperationUsage;
  /** Called for a call of another operation whose result this one uses, too. */
  joins: (call: object) => void;
}

/** Joins equal reads in flight, for one process. A write begins a new generation when it is sent, and another when it has ended. */
export class RequestDeduplication {
  readonly calls: SingleFlight = new SingleFlight();
  readonly operations: SingleFlight = new SingleFlight();
  readonly #on: boolean;
  #generation = 0;
  #isolated = 0;

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
    return String(this.#isolated++);
  }

  /** Whether a read of this operation would be joined with one in flight. */
  inFlight({ caller, isolated }: Requester, { route }: Endpoint, params: never): boolean {
    return !isolated && this.calls.inFlight(this.key(caller, route, params)) !== undefined;
  }

  /**
   * Link: reads are joined with equal ones of the same caller. `deadline` ends this operation's reads, with `timeout` or
   * `aborted`; its writes go on. An operation that mutates reads in isolation: a read that began before it may show less
   * than its caller knows, and must not be written back.
   */
  link({ caller, deadline, isolated, usage, joins }: Requester): Link {
    return (next): Call => {
      const read = async (endpoint: Endpoint, params: never, options: CallOptions | undefined) => {
        const { route } = endpoint;
        const key = isolated || options?.fresh ? this.#own() : this.key(caller, route, params);
        const other = this.calls.inFlight(key);
        const trace = other?.trace ?? { route, attempts: 0, status: null };
        const start = (given: CallOptions) => next(endpoint, params, undefined, Object.assign(given, { trace }));
        const response = this.calls.run(key, deadline, start, (why) => unanswered(route, why));
        if (other) joins(trace);
        options?.onTrace?.(trace, other !== undefined);
        const record = usage.begin(trace, other !== undefined);
        if (!record) return response;
        const failed = (error: unknown) => {
          record.ended();
          throw error;
        };
        return response.then((answer) => {
          record.ended(answer.sent?.at);
          return answer;
        }, failed);
      };
      const write = async (endpoint: Endpoint, params: never, body: never, given: CallOptions | undefined) => {
        const trace = { route: endpoint.route, attempts: 0, status: null };
        const record = usage.begin(trace, false);
        this.#generation++;
        try {
          return await next(endpoint, params, body, { trace, mutation: given?.mutation });
        } finally {
          this.#generation++;
          record?.ended();
        }
      };
      return (endpoint, params, body, options) =>
        (isRead(endpoint.route)
          ? read(endpoint, params as never, options)
          : write(endpoint, params as never, body as never, options)) as never;
    };
  }
}

function unanswered(route: string, why: CancelReason): CloudflareError {
  const words = {
    timeout: "was not answered before the operation's time was up",
    aborted: "was given up: its client left",
  };
  return new CloudflareError(route, `${route} ${words[why]}`, { kind: why });
}
