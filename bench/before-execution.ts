import { type DocumentNode, parse, specifiedRules, validate } from "graphql";
import { compile } from "../src/execution/compile.ts";
import { compiledSize } from "../src/execution/compiled-size.ts";
import { TimeSlice } from "../src/execution/time-slice.ts";
import { compiledResolver, schema } from "../src/graph/schema.ts";
import { answerSizeOf, MAX_PAGE, maxAffordableFirst, planOf } from "../src/plan/plan.ts";
import { scan } from "../src/server/document-scan.ts";
import { checkSize, sizeOf } from "../src/server/document-size.ts";
import { linearRules, MAX_ERRORS } from "../src/server/documents.ts";
import { defaultLimits } from "../src/server/limits.ts";
import type { HostileDocument } from "./hostile-documents.ts";

/** What is done with a document before it is executed; `advise` only where it is too expensive. */
export const steps = ["parse", "validate", "charge", "plan", "advise", "compile"] as const;
export type Step = (typeof steps)[number];

const rules = linearRules(specifiedRules);

/** Does all of it as the gateway does; `timed` is given each step. An invalid document goes no further than `validate`. */
export function beforeExecution(
  [, query, variables = {}]: HostileDocument,
  timed: <T>(step: Step, work: () => T) => T,
): void {
  const document: DocumentNode = timed("parse", () => {
    scan(query, defaultLimits);
    const parsed = parse(query);
    checkSize(sizeOf(parsed), defaultLimits);
    return parsed;
  });
  const errors = timed("validate", () => validate(schema, document, rules, { maxErrors: MAX_ERRORS }));
  if (errors.length > 0) return;
  timed("charge", () => compiledSize(schema, document));
  const { min } = timed("plan", () => {
    answerSizeOf(schema, document, undefined, variables)?.objects(MAX_PAGE);
    return planOf(schema, document, undefined, variables);
  });
  if (min > 600) timed("advise", () => maxAffordableFirst(schema, document, undefined, variables, 600));
  else timed("compile", () => compile({ schema, resolverOf: compiledResolver, slice: new TimeSlice() }, document));
}

/** Milliseconds of processor time that some work takes on this thread. */
export function processorTime<T>(work: () => T): { result: T; milliseconds: number } {
  const started = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(started);
  return { result, milliseconds: (user + system) / 1000 };
}
