import { readFileSync } from "node:fs";

/** What is drawn of a Prometheus: its address, and from when to when in steps of so many seconds. */
export interface Range {
  url: string;
  from: number;
  to: number;
  step: number;
}

interface Panel {
  title: string;
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr: string; legendFormat: string }[];
}
interface Line {
  name: string;
  /** Pixels from the left, and the value. */
  points: [number, number][];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [372, 140, 56, 18, 6];
const colours = "#1f6fb4 #d9622b #2e8b57 #8a4fa3 #b8860b #c2315b #4a4a4a #17a2a2 #7a5230 #9aa11a".split(" ");
const round = (value: number) => Number(value.toPrecision(3));
const units: Record<string, (value: number) => string> = {
  s: (value) => (value < 1 ? `${round(value * 1000)} ms` : `${round(value)} s`),
  bytes: (value) => `${round(value / 2 ** 20)} MB`,
  percentunit: (value) => `${round(value * 100)} %`,
  ops: (value) => `${round(value)}/s`,
  reqps: (value) => `${round(value)}/s`,
};

/** A page with a chart for each panel of a dashboard. It prints queries that give nothing but zeros. */
export async function chartsOf(dashboard: string, range: Range): Promise<string> {
  const { panels } = JSON.parse(readFileSync(dashboard, "utf8")) as { panels: Panel[] };
  const sections = await Promise.all(panels.map((panel) => section(panel, range)));
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 8px; background: #f4f5f7; font: 10px "DejaVu Sans", sans-serif; color: #24292f }
    main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px }
    section { background: #fff; border: 1px solid #d8dbe0; border-radius: 4px; padding: 6px }
    h2 { font-size: 12px; margin: 0 0 4px } svg { display: block } text { font-size: 10px; fill: #57606a }
    p { margin: 2px 0 0; line-height: 1.35 } span { margin-right: 8px; white-space: nowrap }
    i { display: inline-block; width: 10px; height: 3px; margin: 0 4px 3px 0 } line { stroke: #e6e8eb }
  </style><main>${sections.join("")}</main>`;
}

async function section({ title, fieldConfig, targets = [] }: Panel, range: Range): Promise<string> {
  const lines = (await Promise.all(targets.map((target) => linesOf(target, range)))).flat();
  const shown = units[fieldConfig?.defaults.unit ?? ""] ?? ((value) => value.toLocaleString("en"));
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const [size, count] = stepsTo(Math.max(0, ...values), fieldConfig?.defaults.unit === "bytes" ? 2 ** 20 : 1);
  const y = (value: number) => (TOP + (1 - value / (size * count)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const scale = Array.from({ length: count + 1 }, (_, n) => n * size).map(
    (value) => `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/>
      <text x="${LEFT - 4}" y="${Number(y(value)) + 3}" text-anchor="end">${value && shown(value)}</text>`,
  );
  const minutes = Array.from({ length: Math.floor((range.to - range.from) / 60) + 1 }, (_, n) => n).map(
    (n) => `<text x="${xOf(n * 60, range)}" y="${HEIGHT - 4}" text-anchor="middle">${n} min</text>`,
  );
  const paths = lines.map(({ points }, n) => {
    // A value that is none ends a line, and the next one begins another.
    const place = ([x, value]: [number, number]) => (Number.isFinite(value) ? `${x} ${y(value)}` : "M");
    const path = points
      .map(place)
      .join("L")
      .replaceAll(/(L?ML?)+/g, "M")
      .replace(/M$/, "");
    return `<path d="${path.startsWith("M") ? "" : "M"}${path}" fill="none" stroke="${colours[n % 10]}" stroke-width="1.5"/>`;
  });
  const names = lines.map(({ name }, n) => `<span><i style="background:${colours[n % 10]}"></i>${name}</span>`);
  const drawing = [...scale, ...minutes, ...paths].join("");
  return `<section><h2>${title}</h2><svg width="${WIDTH}" height="${HEIGHT}">${drawing}</svg><p>${names.join(" ")}</p></section>`;
}

const xOf = (time: number, { from, to }: Range) => round(LEFT + (time / (to - from)) * (WIDTH - LEFT - 14));

async function linesOf({ expr, legendFormat }: { expr: string; legendFormat: string }, range: Range): Promise<Line[]> {
  // Grafana puts four times the interval of the scrapes there.
  const query = expr.replaceAll("$__rate_interval", `${4 * range.step}s`);
  const { url, from, to, step } = range;
  const asked = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) });
  const answer = (await (await fetch(`${url}/api/v1/query_range?${asked}`)).json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  const lines = answer.data.result.map(({ metric, values }) => ({
    name: legendFormat.replace(/{{(\w+)}}/g, (_, label) => metric[label] ?? ""),
    points: values.map(([time, value]): [number, number] => [xOf(time - from, range), Number(value)]),
  }));
  if (!lines.some(({ points }) => points.some(([, value]) => value > 0)))
    console.error(`nothing, or zeros, of ${query}`);
  return lines;
}

/** Up to four steps of a round number to the greatest value. */
function stepsTo(greatest: number, unit: number): [size: number, count: number] {
  if (greatest === 0) return [1, 1];
  const rough = greatest / unit / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = ([1, 2, 2.5, 5].find((each) => each * power >= rough) ?? 10) * power * unit;
  return [size, Math.ceil(greatest / size)];
}
