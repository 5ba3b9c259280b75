import { type Cost, type Upstream, useCosts } from "./cost";

const number = new Intl.NumberFormat("en");
const time = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** What the screen has cost in REST calls, the scarce resource, and what is left of the quota. */
export function CostBar() {
  const costs = useCosts();
  const told = costs.flatMap(({ upstream }) => upstream ?? []);
  const sum = (of: (each: (typeof told)[number]) => number) => told.reduce((total, each) => total + of(each), 0);
  const last = told.at(-1);
  const shared = sum((each) => each.shared);
  const remembered = sum((each) => each.cached);
  return (
    <footer>
      <section aria-label="Cost of this screen">
        {costs.length === 0 && "This screen has made no request: what it shows was read before."}
        {costs.length > told.length && "The gateway does not tell what its answers cost: its setting EXPLAIN is off."}
        {last && (
          <details>
            <summary>
              {/* Its own element, so that a test and a reader of screens get the sentence alone. */}
              <output>
                {calls(sum((each) => each.calls))}
                {shared > 0 && `, ${number.format(shared)} shared`}
                {remembered > 0 && `, ${number.format(remembered)} remembered`},{" "}
                {number.format(sum((each) => each.objects.made))} objects.{" "}
                {last.remaining !== null &&
                  `${number.format(last.remaining)} calls left${last.resetAt ? `, more from ${time.format(new Date(last.resetAt))}` : ""}.`}
              </output>
            </summary>
            <ul>{costs.map(toLine)}</ul>
          </details>
        )}
      </section>
    </footer>
  );
}

function calls(count: number): string {
  return `${number.format(count)} REST ${count === 1 ? "call" : "calls"}`;
}

function plannedWords({ min, max }: Upstream["planned"]): string {
  if (max === null) return `${number.format(min)} or more`;
  return min === max ? number.format(min) : `${number.format(min)} to ${number.format(max)}`;
}

function toLine({ operation, upstream }: Cost, index: number) {
  if (!upstream) return null;
  const { planned, calls: made, cached, age } = upstream;
  return (
    <li key={index}>
      {operation}: {calls(made)}, {plannedWords(planned)} planned
      {cached > 0 && `, ${cached} remembered${age === null ? "" : ` (${age} s old)`}`}
    </li>
  );
}
