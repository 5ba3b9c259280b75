import { CloudflareError, type Kind } from "../cloudflare/error.ts";
import type { Context, SubscriptionEnd, Watched, WatchedState } from "../graph/context.ts";
import type { Polls } from "../upstream/polls.ts";
import type { OperationUsage } from "../upstream/usage.ts";
import { EventQueue } from "./event-queue.ts";

/** What the context of an operation knows for a subscription. */
export interface SubscriptionContext {
  subscription: {
    /** Names the caller among all of the process. */
    caller: string;
    /** HMAC of the credential that the calls are made with. */
    credential: string;
    /** When what the caller proved themselves with expires, in milliseconds since the epoch. */
    expiresAt: number | undefined;
    /** Throws where the caller has no right to an account. */
    checkAccount: (accountId: string) => void;
    /** A context for one read of a poll: nothing in it is remembered, and its calls leave the reserve of the quota alone. */
    poll: (signal: AbortSignal) => Context;
    /** A context for the fields of one event. */
    event: () => Context;
  };
}

/** The context of a subscription, as far as it follows something. */
export type SubscribedContext = Context & SubscriptionContext & { usage: OperationUsage };

/** What a subscription is bounded by. */
interface SubscriptionOptions {
  /** Aborts when the client has left. */
  signal: AbortSignal;
  polls: Polls;
  /** How long it may last, and what it has ended for then. */
  longest: { milliseconds: number; reason: SubscriptionEnd };
  /** Called once when it is over. */
  onClose: () => void;
}

/** Failures after which no further read can succeed with the same credential. */
const lasting: ReadonlySet<Kind> = new Set(["unauthenticated", "forbidden", "access_denied"]);

/** Failures that say something of the one who has read, and nothing of others who listen with the same credential. */
const ownFailures: ReadonlySet<Kind> = new Set(["access_denied", "rate_limited", "too_expensive", "not_cached"]);

/** What is told where a subscription ends before its first state could be read; `LEFT` if its client has left. */
const neverBegun: Readonly<Record<SubscriptionEnd | "LEFT", readonly [kind: Kind, message: string]>> = {
  CREDENTIAL_REJECTED: ["unauthenticated", "The credential was rejected before the first state was read."],
  CREDENTIAL_EXPIRED: [
    "unauthenticated",
    "The token of the caller has expired before the first state was read: subscribe with a new one.",
  ],
  TIMEOUT: ["timeout", "The time of the subscription was over before the first state was read: subscribe again."],
  SHUTDOWN: ["unavailable", "This gateway is shutting down, and the first state was not read: subscribe again."],
  LEFT: ["aborted", "The client has left before the first state was read."],
};

/** Milliseconds in which a client takes the last event. */
const TAKEN_WITHIN = 10_000;

/** Milliseconds beyond which a timer of Node's fires at once. */
const longestTimer = 2 ** 31 - 1;

/** One subscription: follows one thing until its end, and tells why it ends. */
export class Subscription {
  readonly #context: SubscribedContext;
  readonly #options: SubscriptionOptions;
  #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.close();
  /** Why it ends, once that is known. */
  #ending: SubscriptionEnd | undefined;
  #onEnd: ((reason: SubscriptionEnd) => void) | undefined;
  #onClose: ((reason: SubscriptionEnd | "LEFT") => void) | undefined;
  #closed = false;

  constructor(context: SubscribedContext, options: SubscriptionOptions) {
    const { signal, longest } = options;
    this.#context = context;
    this.#options = options;
    this.#timer = setTimeout(() => this.end(longest.reason), Math.min(longest.milliseconds, longestTimer));
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Ends it with a last event. A client that does not take it is not waited for. */
  end(reason: SubscriptionEnd): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), TAKEN_WITHIN);
    this.#ending = reason;
    this.#onEnd?.(reason);
  }

  /** Ends it at once: nobody listens any more, or nothing could be told. */
  close(reason: SubscriptionEnd | "LEFT" = "LEFT"): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#onClose?.(reason);
    this.#options.onClose();
  }

  /** See {@link Watch}. */
  watch<T, E extends object>(
    { accountId, id, read }: Watched<T>,
    eventOf: (state: WatchedState<T>) => { event: E; last: boolean } | undefined,
  ): Promise<AsyncIterable<E>> {
    const { subscription, usage } = this.#context;
    subscription.checkAccount(accountId);
    const began = Promise.withResolvers<AsyncIterable<E>>();
    const events = new EventQueue<E>({
      // Nothing of an earlier event is remembered, and each has its own time.
      onTake: () => void Object.assign(this.#context, subscription.event()),
      onClose: () => this.close(),
    });
    let last: { value: T; readAt: Date } | undefined;
    const tell = (ended?: SubscriptionEnd) => {
      const told = last && eventOf({ ...last, ended });
      if (!told) return;
      const isLast = told.last || ended !== undefined;
      events.add(told.event, isLast);
      if (isLast) leave();
    };
    const leave = this.#options.polls.join<T>(JSON.stringify([subscription.credential, id]), {
      read: (signal) => read(subscription.poll(signal)),
      next: ({ value, readAt, shared }) => {
        if (shared) usage.shared++;
        last = { value, readAt: new Date(readAt) };
        tell();
        began.resolve(events);
      },
      failed: ({ error, shared }) => {
        const kind = error instanceof CloudflareError ? error.kind : undefined;
        // Its own read follows within the pause of the poll.
        if (shared && kind && ownFailures.has(kind)) return;
        if (!last) began.reject(error);
        else if (kind && lasting.has(kind)) tell("CREDENTIAL_REJECTED");
      },
    });
    this.#onEnd = (reason) => {
      tell(reason);
      if (!last) this.close(reason);
    };
    this.#onClose = (reason) => {
      leave();
      void events.return();
      const [kind, message] = neverBegun[reason];
      began.reject(new CloudflareError("", message, { kind }));
    };
    if (this.#closed) this.#onClose("LEFT");
    // A plugin may have waited before the resolver was called.
    else if (this.#ending) this.#onEnd(this.#ending);
    return began.promise;
  }
}
