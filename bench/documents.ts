/**
 * What the worst documents within the default limits cost before they are executed. `node bench/documents.ts` prints medians
 * of five interleaved rounds, in milliseconds of processor time, the dearest first, and ends with status 1 where one takes
 * 100 or more. Each is made anew for each round: nothing is found in a cache.
 */
import { beforeExecution, processorTime, type Step, steps } from "./before-execution.ts";
import { hostileDocuments } from "./hostile-documents.ts";
import { machine, median } from "./measure.ts";

const ROUNDS = 5;
const MOST = 100;

const results = new Map(
  hostileDocuments.map(([name]) => [name, new Map<Step, number[]>(steps.map((step) => [step, []]))]),
);
for (let round = 0; round < ROUNDS; round++) {
  for (const document of hostileDocuments) {
    beforeExecution(document, (step, work) => {
      const { result, milliseconds } = processorTime(work);
      results.get(document[0])?.get(step)?.push(milliseconds);
      return result;
    });
  }
}

const rows = Array.from(results, ([name, times]) => {
  const figures = Array.from(times.values(), (each) => (each.length > 0 ? median(each) : 0));
  return { name, figures, total: figures.reduce((sum, figure) => sum + figure, 0) };
}).sort((a, b) => b.total - a.total);
console.log(
  `${machine()}\n\n| document | ${steps.join(" | ")} | together |\n| --- |${" ---: |".repeat(steps.length + 1)}`,
);
for (const { name, figures, total } of rows) {
  console.log(`| ${name} | ${[...figures, total].map((figure) => figure.toFixed(1)).join(" | ")} |`);
}
if (rows.some(({ total }) => total >= MOST)) process.exitCode = 1;
