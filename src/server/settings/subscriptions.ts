import { limit, longDuration } from "./values.ts";

/** Settings of subscriptions. */
export const subscriptionSettings = {
  SUBSCRIPTION_TIMEOUT: longDuration()
    .prefault("1h")
    .describe(
      "Time that a subscription may last. Its last event then says `TIMEOUT`, and the client subscribes again.",
    ),
  MAX_SUBSCRIPTIONS: limit()
    .prefault("10")
    .describe(
      "Subscriptions at once per caller and process: a credential, or in service mode one of its callers. Further ones are rejected: `LIMIT_EXCEEDED`.",
    ),
};
