import { median } from "./measure.ts";
import type { Name, Sample } from "./scenarios.ts";

/** What a round has shown: a sample of each server in each scenario. */
export type Round = Partial<Record<Name, { gateway: Sample; baseline: Sample }>>;

/** One line of the table. */
interface Row {
  title: string;
  /** What is compared; `undefined` where a round does not have it. */
  read(round: Round): { gateway: number; baseline: number } | undefined;
  digits: number;
  /** To reach, of the ratio. */
  atMost?: number;
  atLeast?: number;
}

function row(
  title: string,
  name: Name,
  key: keyof Sample,
  digits: number,
  goal: Pick<Row, "atMost" | "atLeast"> = {},
): Row {
  const read = (round: Round) => {
    const pair = round[name];
    return pair && { gateway: pair.gateway[key], baseline: pair.baseline[key] };
  };
  return { title, read, digits, ...goal };
}

/** Processor time per group at 1,000 groups, in times that at 100: 1 is linear. */
function growth(round: Round, who: "gateway" | "baseline"): number {
  return round.crowd && round.far ? round.crowd[who].cpu / round.far[who].cpu / 10 : Number.NaN;
}

const rows: Row[] = [
  row("REST calls per query", "alone", "calls", 2, { atMost: 1 }),
  row("p50 alone, 0 ms", "alone", "p50", 2),
  row("p99 alone, 0 ms", "alone", "p99", 2),
  row("p50 alone, 40 ms", "far", "p50", 1, { atMost: 1.1 }),
  row("p99 alone, 40 ms", "far", "p99", 1),
  row("queries per second, 16 credentials", "many", "perSecond", 1, { atLeast: 0.75 }),
  row("queries per second, one credential", "twins", "perSecond", 1, { atLeast: 3 }),
  row("the same, sharing off", "unshared", "perSecond", 1),
  row("CPU ms per query", "many", "cpu", 2, { atMost: 1.7 }),
  row("peak memory, MB", "far", "memory", 0, { atMost: 1.6 }),
  row("p50 of 10 groups, 40 ms", "few", "p50", 1),
  row("p50 of 100 groups, 40 ms", "far", "p50", 1),
  row("p50 of 1,000 groups, 40 ms", "crowd", "p50", 1, { atMost: 1.4 }),
  {
    title: "CPU per group, 1,000 : 100 groups",
    read: (round) => round.crowd && { gateway: growth(round, "gateway"), baseline: growth(round, "baseline") },
    digits: 2,
    atMost: 1.2,
  },
  row("p50 alone, 40 ms, limits as by default", "limited", "p50", 1),
  row("the same with UPSTREAM_RATE off", "unhurried", "p50", 1),
  row("REST calls per query, one credential", "twins", "calls", 2),
  row("remembered: REST calls per query", "remembered", "calls", 2, { atMost: 1 }),
  row("remembered: queries per second", "remembered", "perSecond", 1, { atLeast: 0.8 }),
  {
    title: "the same : 16 credentials, not remembered",
    read: (round) =>
      round.remembered &&
      round.many && {
        gateway: round.remembered.gateway.perSecond,
        baseline: round.many.gateway.perSecond,
      },
    digits: 1,
    atLeast: 10,
  },
  row("remembered: p50 alone", "rememberedAlone", "p50", 2),
  row("remembered: p99 alone", "rememberedAlone", "p99", 2),
  row("remembered: peak memory, MB", "rememberedAlone", "memory", 0),
  row("connections opened per query, warm", "many", "opened", 2),
  row("kB per answer", "alone", "answer", 0),
  row("other core busy, %, 16 credentials", "many", "other", 0),
];

const heads = ["", "gateway", "baseline", "ratio", "from – to", "to reach", ""];

/** The table in Markdown, aligned so that a terminal shows it as well. */
export function table(rounds: Round[]): string {
  const lines = [heads, ...rows.map((row) => cells(row, rounds))];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const print = (line: string[]) =>
    `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head = [], ...body] = lines;
  return [print(head), print(rule), ...body.map(print)].join("\n");
}

function cells({ title, read, digits, atMost, atLeast }: Row, rounds: Round[]): string[] {
  const goal = atMost !== undefined ? `≤ ${atMost.toFixed(2)}` : atLeast !== undefined ? `≥ ${atLeast.toFixed(2)}` : "";
  const found = rounds.flatMap((round) => read(round) ?? []);
  if (found.length === 0) return [title, "–", "–", "–", "", goal, "not measured"];
  const ratios = found.map(({ gateway, baseline }) => (gateway === baseline ? 1 : gateway / baseline));
  const ratio = median(ratios);
  const rounded = Number(ratio.toFixed(2));
  const reached = rounded <= (atMost ?? Number.POSITIVE_INFINITY) && rounded >= (atLeast ?? 0);
  return [
    title,
    median(found.map(({ gateway }) => gateway)).toFixed(digits),
    median(found.map(({ baseline }) => baseline)).toFixed(digits),
    Number.isFinite(ratio) ? ratio.toFixed(2) : "–",
    Number.isFinite(ratio) ? `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}` : "",
    goal,
    goal && (reached ? "reached" : "missed"),
  ];
}
