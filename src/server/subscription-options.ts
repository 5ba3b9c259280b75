import { count, milliseconds, object, orFalse } from "../options.ts";

/** Bounds of subscriptions. */
export interface SubscriptionOptions {
  /** Milliseconds that one may last; its last event says so then. @default 3600000 */
  timeout?: number;
  /**
   * Subscriptions of one caller at once: of a credential, or in service mode of one of its callers. Further ones are rejected
   * (`LIMIT_EXCEEDED`). `false`: no limit. @default 10
   */
  perCaller?: number | false;
}

/** Checks {@link SubscriptionOptions} at run time. */
export const subscriptionOptions = object<SubscriptionOptions>({
  timeout: milliseconds,
  perCaller: orFalse(count("subscriptions")),
});
