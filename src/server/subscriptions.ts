import type { SubscriptionEnd } from "../graph/context.ts";
import { Polls } from "../upstream/polls.ts";
import { asGraphQLError, HttpError } from "./http-error.ts";
import { limitExceeded } from "./limits.ts";
import { type SubscribedContext, Subscription } from "./subscription.ts";
import type { SubscriptionOptions } from "./subscription-options.ts";

/** All subscriptions of a gateway that are under way. */
export class Subscriptions {
  readonly #timeout: number;
  readonly #perCaller: number;
  readonly #shares: boolean;
  readonly #polls = new Polls();
  readonly #running = new Set<Subscription>();
  readonly #ofCaller = new Map<string, number>();
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
    const running = this.#ofCaller.get(caller) ?? 0;
    if (running >= most) {
      throw limitExceeded(`This caller has ${running} subscriptions already`, "MAX_SUBSCRIPTIONS", most, running + 1);
    }
    this.#ofCaller.set(caller, running + 1);
    const remaining = expiresAt - Date.now();
    const reason: SubscriptionEnd = remaining < timeout ? "CREDENTIAL_EXPIRED" : "TIMEOUT";
    const milliseconds = Math.min(Math.max(0, remaining), timeout);
    const subscription = new Subscription(context, {
      signal,
      polls: this.#shares ? this.#polls : new Polls(),
      longest: { milliseconds, reason },
      onClose: () => {
        if (!this.#running.delete(subscription)) return;
        const left = (this.#ofCaller.get(caller) ?? 0) - 1;
        if (left > 0) this.#ofCaller.set(caller, left);
        else this.#ofCaller.delete(caller);
        onClose();
      },
    });
    this.#running.add(subscription);
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
