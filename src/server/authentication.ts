import type { Plugin } from "graphql-yoga";
import type { Rate } from "../upstream/fair-queue.ts";
import type { Authenticate, Caller } from "./caller.ts";
import { callerRate } from "./caller-rate.ts";
import { presented } from "./credential.ts";
import { HttpError, logRefusal, toResponse } from "./http-error.ts";
import type { Log } from "./log.ts";
import { requestIdOf } from "./request-id.ts";

/** A request that nobody has authenticated may do nothing. */
const nobody: Caller = { id: null, credential: null, problem: "The caller is not known.", rights: new Map() };

/** Knows the caller of each request: by `authenticate`, or in passthrough by the credential that the request carries. */
export class Authentication {
  readonly #authenticate: Authenticate | undefined;
  readonly #known = new WeakMap<Headers, Caller>();
  readonly #admit: ((caller: string) => void) | undefined;

  /** @param rate requests of one caller; `false` for any number */
  constructor(authenticate: Authenticate | undefined, rate: Rate | false = false) {
    this.#authenticate = authenticate;
    this.#admit = rate ? callerRate(rate) : undefined;
  }

  /** The caller of a request that has passed the plugin; its rights are those with which it passed. */
  callerOf({ headers }: { headers: Headers }): Caller {
    const known = this.#known.get(headers);
    if (known) return known;
    if (this.#authenticate) return nobody;
    const caller: Caller = { id: null, rights: null, ...presented(headers) };
    this.#known.set(headers, caller);
    return caller;
  }

  /** Lets headers stand for a caller who is known otherwise: one in this process. */
  present(headers: Headers, caller: Caller): void {
    this.#known.set(headers, caller);
  }

  /** Authenticates each operation before its body is read. A refusal is the whole answer. */
  plugin(logger: Log): Plugin {
    const refuse = (request: Request, error: unknown): Response => {
      const id = requestIdOf(request);
      if (error instanceof HttpError) logRefusal(logger, error, id);
      else logger.error(`Request ${id} failed unexpectedly:`, { requestId: id, error });
      return toResponse(error instanceof HttpError ? error : unexpected, id, request.headers.get("accept"));
    };
    return {
      onRequestParse: ({ request, endResponse }) => {
        const authenticate = this.#authenticate;
        // In passthrough the body is read at once: a host may have begun to.
        if (!authenticate) return undefined;
        return this.#admitted(request, authenticate).catch((error) => endResponse(refuse(request, error)));
      },
    };
  }

  async #admitted({ headers }: Request, authenticate: Authenticate): Promise<void> {
    const caller = await authenticate(headers);
    if (caller.id !== null) this.#admit?.(caller.id);
    // A copy: the operation keeps the rights it began with.
    this.#known.set(headers, { ...caller, rights: caller.rights && new Map(caller.rights) });
  }
}

const unexpected = new HttpError(500, "Unexpected error.", { code: "INTERNAL_SERVER_ERROR" });
