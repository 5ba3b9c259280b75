import { GraphQLError } from "graphql";
import { answerTooLarge } from "../admission.ts";
import { TooManyObjects } from "../execution/limits.ts";
import type { Execution } from "../execution.ts";

/** What a caller is told of an answer that has turned out larger than it may be: `TOO_EXPENSIVE`, with the numbers. */
export function refuseAnswer(bytes: number): Execution["refuse"] {
  return (why, { needed: objects = 0, most }) => {
    const [unit, needed, limit] =
      why instanceof TooManyObjects ? (["objects", objects, most] as const) : (["bytes", bytes + 1, bytes] as const);
    return new GraphQLError("", { originalError: answerTooLarge({ unit, needed, left: limit, limit, first: null }) });
  };
}
