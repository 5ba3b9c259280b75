import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Column, columns, type Path, type Step } from "./paths";
import { shownText } from "./shown-text";
import { Text } from "./text";

/** The columns' titles. */
const titles: Record<Column, string> = {
  person: "People",
  group: "Groups",
  policy: "Policies",
  permission: "Permissions",
  resource: "Resources",
};

/** A line between two things of neighbouring columns, and whether a denial goes along it. */
interface Line {
  from: string;
  to: string;
  denies: boolean;
}

const idOf = (column: Column, { key }: Step) => `${column} ${key}`;

/** The steps of a path, from left to right. */
function stepsOf(path: Path): { id: string; column: Column; step: Step }[] {
  return columns.flatMap((column) => {
    const step = path[column];
    return step ? [{ id: idOf(column, step), column, step }] : [];
  });
}

/** The things of each column, those on the left by name, the others near those that lead to them. */
function arrange(paths: readonly Path[]): { column: Column; steps: { id: string; step: Step }[] }[] {
  const place = new Map<string, number>();
  return columns.map((column) => {
    const found = new Map<string, { id: string; step: Step; from: number[] }>();
    for (const path of paths) {
      const steps = stepsOf(path);
      const index = steps.findIndex((each) => each.column === column);
      const here = steps[index];
      if (!here) continue;
      const entry = found.get(here.id) ?? { ...here, from: [] };
      entry.from.push(place.get(steps[index - 1]?.id ?? "") ?? 0);
      found.set(here.id, entry);
    }
    const mean = ({ from }: { from: number[] }) => from.reduce((sum, each) => sum + each, 0) / from.length;
    const steps = [...found.values()].sort((a, b) => mean(a) - mean(b) || a.step.name.localeCompare(b.step.name));
    steps.forEach(({ id }, index) => {
      place.set(id, index);
    });
    return { column, steps };
  });
}

function linesOf(paths: readonly Path[]): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const path of paths) {
    const steps = stepsOf(path);
    for (const [index, { id: to }] of steps.entries()) {
      const from = steps[index - 1]?.id;
      if (from === undefined) continue;
      const key = lineKey(from, to);
      lines.set(key, { from, to, denies: path.access === "DENY" || lines.get(key)?.denies === true });
    }
  }
  return lines;
}

const lineKey = (from: string, to: string) => `${from}\n${to}`;

/** What lights up with one thing: all things and lines of the paths through it. */
function litBy(paths: readonly Path[], id: string): { paths: Path[]; lit: Set<string> } {
  const through = paths.filter((path) => stepsOf(path).some((each) => each.id === id));
  const lit = new Set<string>();
  for (const path of through) {
    const steps = stepsOf(path);
    for (const [index, each] of steps.entries()) {
      lit.add(each.id);
      const from = steps[index - 1]?.id;
      if (from !== undefined) lit.add(lineKey(from, each.id));
    }
  }
  return { paths: through, lit };
}

/** Who reaches what, and through what: five columns, with lines between them. A thing under the pointer or with the focus lights its paths. */
export function Picture({ paths }: { paths: readonly Path[] }) {
  const [pointed, setPointed] = useState<string | null>(null);
  const [pinned, setPinned] = useState<string | null>(null);
  const arranged = useMemo(() => arrange(paths), [paths]);
  const lines = useMemo(() => linesOf(paths), [paths]);
  const shown = pointed ?? pinned;
  const light = useMemo(() => (shown === null ? undefined : litBy(paths, shown)), [paths, shown]);
  const { area, curves } = useCurves(lines);
  const step = light && arranged.flatMap(({ steps }) => steps).find(({ id }) => id === shown)?.step;
  const classOf = (key: string) => (light === undefined ? "" : light.lit.has(key) ? "lit" : "dim");
  return (
    <figure className="picture">
      <figcaption>
        <p role="status">
          {step && light ? (
            <>
              {light.paths.length} of {paths.length} paths go through <Text of={step.name} />.{" "}
              {step.href && <a href={step.href}>Open</a>}
            </>
          ) : (
            `${paths.length} ${paths.length === 1 ? "path" : "paths"}. Choose something to see the paths through it.`
          )}
        </p>
      </figcaption>
      <div className="scroll">
        <div className="five" ref={area}>
          <svg aria-hidden="true">
            {[...curves].map(([key, d]) => (
              <path key={key} d={d} className={`${classOf(key)} ${lines.get(key)?.denies ? "denies" : ""}`} />
            ))}
          </svg>
          {arranged.map(({ column, steps }) => (
            <div key={column} className="column">
              <h3>{titles[column]}</h3>
              <ul>
                {steps.map(({ id, step: { name } }) => (
                  <li key={id}>
                    <button
                      type="button"
                      data-step={id}
                      className={classOf(id)}
                      aria-pressed={pinned === id}
                      title={shownText(name)}
                      onPointerEnter={() => setPointed(id)}
                      onPointerLeave={() => setPointed(null)}
                      onFocus={() => setPointed(id)}
                      onBlur={() => setPointed(null)}
                      onClick={() => setPinned(pinned === id ? null : id)}
                    >
                      <Text of={name} />
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      </div>
    </figure>
  );
}

/** The lines as curves between the things where the browser has put them, drawn again when these move. */
function useCurves(lines: ReadonlyMap<string, Line>) {
  const area = useRef<HTMLDivElement>(null);
  const [curves, setCurves] = useState<ReadonlyMap<string, string>>(new Map());
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    const draw = () => {
      const origin = element.getBoundingClientRect();
      const boxes = new Map(
        [...element.querySelectorAll<HTMLElement>("[data-step]")].map((each) => [
          each.dataset.step,
          each.getBoundingClientRect(),
        ]),
      );
      const drawn = new Map<string, string>();
      for (const [key, { from, to }] of lines) {
        const [start, end] = [boxes.get(from), boxes.get(to)];
        if (!start || !end) continue;
        const [x1, y1] = [start.right - origin.left, start.top + start.height / 2 - origin.top];
        const [x2, y2] = [end.left - origin.left, end.top + end.height / 2 - origin.top];
        const middle = (x1 + x2) / 2;
        drawn.set(key, `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`);
      }
      setCurves(drawn);
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => observer.disconnect();
  }, [lines]);
  return { area, curves };
}
