import { assumes } from "../cost.ts";
import { type CallOutcome, errorRef, MutationErrorRef } from "../mutations/mutation-errors.ts";
import { PlannedCallRef } from "./preview-objects.ts";

const says: Record<CallOutcome, string> = {
  done: "Calls that were done, in order.",
  failed: "The call that Cloudflare rejected, if it did: it changed nothing.",
  notSent: "Calls that were not sent, in order.",
  unknown: "The call that may have been done or not, if there is one: read before you repeat it.",
};

/** Changes of which some were made, and others not. */
export const PartialChangeErrorRef = errorRef("PartialChangeError");
PartialChangeErrorRef.implement({
  description:
    "Some of the changes were made, and the rest was stopped at the first failure. Each call that writes is in exactly one of the four " +
    "lists. Preview what is left before you go on.",
  interfaces: [MutationErrorRef],
  fields: (t) => {
    const calls = (outcome: CallOutcome) =>
      t.field({
        type: [PlannedCallRef],
        nullable: false,
        ...assumes(5),
        description: says[outcome],
        resolve: (error) => error[outcome],
      });
    return {
      change: t.exposeInt("change", {
        nullable: false,
        description: "Index of the change at which it stopped, from 0.",
      }),
      error: t.field({
        type: MutationErrorRef,
        nullable: false,
        description: "Why it stopped there.",
        resolve: ({ error }) => error,
      }),
      done: calls("done"),
      failed: calls("failed"),
      notSent: calls("notSent"),
      unknown: calls("unknown"),
    };
  },
});
