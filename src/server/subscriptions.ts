import type { SubscriptionEnd } from "../graph/context.ts";
import { Polls } from "../upstream/polls.ts";
import { asGraphQLError, HttpError } from "./http-error.ts";
import { limitExceeded } from "./limits.ts";
import { type SubscribedContext, Subscription } from "./subscription.ts";
import type { SubscriptionOptions } from "./subscription-options.ts";

/** Milliseconds by which a subscription may end later than it should. */
const LATE = 60_000;

/** All subscriptions of a gateway that are under way. */
export class Subscriptions {
  readonly #timeout: number;
  readonly #perCaller: number;
  readonly #shares: boolean;
  readonly #polls = new Polls();
  readonly #running = new Set<Subscription>();
  /** Those of each caller, and when each is over at the latest: where a runtime ends requests, no other end may be told. */
  readonly #ofCaller = new Map<string, Map<Subscription, number>>();
  #over = false;

  /** @param shares whether the listeners of a thing have one poll between them */
  constructor({ timeout = 3_600_000, perCaller = 10 }: SubscriptionOptions = {}, shares: boolean) {
    this.#timeout = timeout;
    this.#perCaller = perCaller === false ? Number.POSITIVE_INFINITY : perCaller;
    this.#shares = shares;
  }

  /** How many are under way, and how many things are polled for them; those that share none are not counted. */
  get status(): { active: number; polls: number } {
    return { active: this.#running.size, polls: this.#polls.size };
  }

  /** Begins one; throws where its caller has too many, or the gateway ends. It ends by itself, in `timeout` at the latest. */
  open(context: SubscribedContext, signal: AbortSignal, onClose: () => void): Subscription {
    signal.throwIfAborted();
    if (this.#over) throw ending;
    const { caller, expiresAt = Number.POSITIVE_INFINITY } = context.subscription;
    const most = this.#perCaller;
    const timeout = this.#timeout;
    const own = this.#ofCaller.get(caller) ?? new Map<Subscription, number>();
    for (const [each, until] of own) if (until < Date.now()) own.delete(each);
    if (own.size >= most) {
      throw limitExceeded(`This caller has ${own.size} subscriptions already`, "MAX_SUBSCRIPTIONS", most, own.size + 1);
    }
    this.#ofCaller.set(caller, own);
    const remaining = expiresAt - Date.now();
    const reason: SubscriptionEnd = remaining < timeout ? "CREDENTIAL_EXPIRED" : "TIMEOUT";
    const milliseconds = Math.min(Math.max(0, remaining), timeout);
    const subscription = new Subscription(context, {
      signal,
      polls: this.#shares ? this.#polls : new Polls(),
      longest: { milliseconds, reason },
      onClose: () => {
        if (!this.#running.delete(subscription)) return;
        own.delete(subscription);
        if (own.size === 0 && this.#ofCaller.get(caller) === own) this.#ofCaller.delete(caller);
        onClose();
      },
    });
    this.#running.add(subscription);
    own.set(subscription, Date.now() + milliseconds + LATE);
    return subscription;
  }

  /** Ends all of them, each with a last event, and begins no other. */
  end(): void {
    this.#over = true;
    for (const each of [...this.#running]) each.end("SHUTDOWN");
  }
}

const ending = asGraphQLError(
  new HttpError(503, "This gateway is shutting down and begins no subscription: subscribe again.", {
    code: "INTERNAL_SERVER_ERROR",
  }),
);
