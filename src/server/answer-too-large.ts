import { GraphQLError } from "graphql";
import { MAX_ERRORS, TooManyErrors, TooManyObjects } from "../execution/answer-limits.ts";
import type { Execution } from "../execution/plugin.ts";
import { answerTooLarge } from "../upstream/limit-errors.ts";

/** Error for an answer that turned out larger than the limit: `TOO_EXPENSIVE`, with the numbers. */
export function refuseAnswer(bytes: number): Execution["refuse"] {
  return (why, { needed: objects = 0, most }) => {
    if (why instanceof TooManyErrors) {
      const cost = {
        unit: "errors",
        needed: MAX_ERRORS + 1,
        left: MAX_ERRORS,
        limit: MAX_ERRORS,
        first: null,
      } as const;
      return new GraphQLError("", { originalError: answerTooLarge(cost) });
    }
    const [unit, needed, limit] =
      why instanceof TooManyObjects ? (["objects", objects, most] as const) : (["bytes", bytes + 1, bytes] as const);
    return new GraphQLError("", { originalError: answerTooLarge({ unit, needed, left: limit, limit, first: null }) });
  };
}
