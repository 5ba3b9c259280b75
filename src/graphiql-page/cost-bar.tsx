import { useGraphiQL } from "@graphiql/react";
import { useMemo } from "react";
import { hadNoRoom } from "./answers.ts";
import { data } from "./data.ts";
import { plan } from "./plan.ts";
import { type Upstream, upstreamOf } from "./upstream.ts";
import { Waterfall } from "./waterfall.tsx";

/** What the answer of the tab has cost, or what the operation would cost, where that was asked for last. */
export function CostBar() {
  const { tab, response } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex]?.id ?? "",
    response: state.tabs[state.activeTabIndex]?.response,
  }));
  const spent = useMemo(() => upstreamOf(parsed(response)), [response]);
  const asked = plan.use();
  const planned = asked?.tab === tab ? asked?.upstream : undefined;
  const lost = !response && hadNoRoom(tab);
  if (!data.explain && !lost) return null;
  const upstream = planned ?? spent;
  const nothing = lost ? "There was no room to keep the last answer over a reload." : "Nothing has run here yet.";
  return (
    <footer className="cost" aria-label="Cost" role="status">
      {planned ? <Planned {...planned} /> : spent ? <Spent {...spent} /> : <span>{nothing}</span>}
      {upstream && <Quota {...upstream} />}
      {!planned && spent?.analysis && <Waterfall {...spent.analysis} />}
    </footer>
  );
}

function Planned({ planned, now, objects }: Upstream) {
  return (
    <dl>
      <dt>Plan</dt>
      <dd>{callsOf(planned)}</dd>
      {now && (now.min !== planned.min || now.max !== planned.max) && (
        <dd>now, with what is remembered: {callsOf(now)}</dd>
      )}
      <dd>up to {counted(objects.planned, "object")}</dd>
    </dl>
  );
}

function Spent({ calls, shared, cached, age, stale, retries, objects }: Upstream) {
  return (
    <dl>
      <dt>Cost</dt>
      <dd>{counted(calls, "REST call")}</dd>
      <dd>{number(shared)} shared</dd>
      <dd>
        {number(cached)} remembered{cached > 0 && age !== null && `, up to ${number(age)} s old`}
      </dd>
      {retries > 0 && <dd>{number(retries)} repeated</dd>}
      {stale > 0 && <dd>{number(stale)} older than asked for</dd>}
      <dd>{counted(objects.made, "object")}</dd>
    </dl>
  );
}

function Quota({ remaining, resetAt }: Upstream) {
  return (
    <dl>
      <dt>Quota</dt>
      <dd>{remaining === null ? "none is known" : `${counted(remaining, "call")} left`}</dd>
      {resetAt && <dd>more from {new Date(resetAt).toLocaleTimeString()} on</dd>}
    </dl>
  );
}

function callsOf({ min, max }: { min: number; max: number | null }): string {
  if (max === null) return `${counted(min, "REST call")} or more`;
  return min === max ? counted(min, "REST call") : `${number(min)} to ${counted(max, "REST call")}`;
}

function counted(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? "" : "s"}`;
}

function number(count: number): string {
  return count.toLocaleString("en");
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
