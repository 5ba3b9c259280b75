/**
 * What the worst documents within the default limits cost before they are executed: parsing and validating, planning and
 * compiling. `node bench/documents.ts` prints medians of five interleaved rounds, in milliseconds of processor time, the dearest first, and ends
 * with status 1 where one takes 100 or more. Each is made anew for each round: nothing is found in a cache.
 */
import { parse, specifiedRules, validate } from "graphql";
import { compile } from "../src/execution/compile.ts";
import { TimeSlice } from "../src/execution/time-slice.ts";
import { compiledResolver, schema } from "../src/graph/schema.ts";
import { answerSizeOf, MAX_PAGE, planOf } from "../src/plan/plan.ts";
import { scan } from "../src/server/document-scan.ts";
import { checkSize, sizeOf } from "../src/server/document-size.ts";
import { linearRules, MAX_ERRORS } from "../src/server/documents.ts";
import { defaultLimits } from "../src/server/limits.ts";
import { hostileDocuments } from "./hostile-documents.ts";
import { machine, median } from "./measure.ts";

const ROUNDS = 5;
const MOST = 100;
const steps = ["parse", "validate", "plan", "compile"] as const;
type Times = Record<(typeof steps)[number], number[]>;

const results = new Map<string, Times>(
  hostileDocuments.map(([name]) => [name, { parse: [], validate: [], plan: [], compile: [] }]),
);
const rules = linearRules(specifiedRules);
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, query] of hostileDocuments) {
    const times = results.get(name) as Times;
    const timed = <T>(step: (typeof steps)[number], work: () => T): T => {
      const started = process.threadCpuUsage().user;
      const result = work();
      times[step].push((process.threadCpuUsage().user - started) / 1000);
      return result;
    };
    const document = timed("parse", () => {
      scan(query, defaultLimits);
      const parsed = parse(query);
      checkSize(sizeOf(parsed), defaultLimits);
      return parsed;
    });
    const errors = timed("validate", () => validate(schema, document, rules, { maxErrors: MAX_ERRORS }));
    if (errors.length > 0) continue;
    timed("plan", () => [
      planOf(schema, document, undefined, {}),
      answerSizeOf(schema, document, undefined, {})?.objects(MAX_PAGE),
    ]);
    timed("compile", () => compile({ schema, resolverOf: compiledResolver, slice: new TimeSlice() }, document));
  }
}

const rows = Array.from(results, ([name, times]) => {
  const figures = steps.map((step) => (times[step].length > 0 ? median(times[step]) : 0));
  return { name, figures, total: figures.reduce((sum, figure) => sum + figure, 0) };
}).sort((a, b) => b.total - a.total);
console.log(
  `${machine()}\n\n| document | ${steps.join(" | ")} | together |\n| --- |${" ---: |".repeat(steps.length + 1)}`,
);
for (const { name, figures, total } of rows) {
  console.log(`| ${name} | ${[...figures, total].map((figure) => figure.toFixed(1)).join(" | ")} |`);
}
if (rows.some(({ total }) => total >= MOST)) process.exitCode = 1;
