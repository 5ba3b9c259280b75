import * as z from "zod";
import { words } from "./values.ts";

/** Settings of trusted documents. */
export const documentSettings = {
  /** Empty for none. */
  TRUSTED_DOCUMENTS: z
    .string("a path")
    .default("")
    .describe(
      "Manifest of the documents that clients may send, by their IDs or as they are: JSON as code generators write it. A changed file is noticed within 10 seconds; a broken one leaves the last good one. Without it any document may be sent.",
    ),
  TRUSTED_DOCUMENTS_MODE: words("audit", "required")
    .prefault("required")
    .describe(
      "`required`: a document that is not listed is refused before it is parsed (`FORBIDDEN`), unless a rule of `CALLERS_FILE` lets its caller send any. `audit`: it is logged, and runs.",
    ),
};

/** What does not go together, a sentence for each. `given` are the variables that are set. */
export function documentProblems(given: Readonly<Record<string, unknown>>): string[] {
  if (given.TRUSTED_DOCUMENTS !== undefined || given.TRUSTED_DOCUMENTS_MODE === undefined) return [];
  return ["TRUSTED_DOCUMENTS_MODE has no effect without TRUSTED_DOCUMENTS: set it, too."];
}
