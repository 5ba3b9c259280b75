import { accounts } from "../cloudflare/accounts.ts";
import { isPathId } from "../cloudflare/endpoint.ts";
import type { Cost, EvaluationReads } from "../graph/cost.ts";
import type { CostAccumulator } from "./cost-accumulator.ts";
import { accountBy, type ParentSet, root } from "./parent-set.ts";
import type { Field } from "./selection.ts";

type Evaluation = Extract<Cost, { kind: "evaluation" }>;

/** Notes what a field reads that works something out of an account: of the one that it names, or that it stands on. */
export function noteField(
  costs: CostAccumulator,
  { cost, args, inputs }: { cost: Evaluation; args: Record<string, unknown>; inputs: Field["args"] },
  at: ParentSet,
): void {
  const of = cost.account ? accountBy(cost.account(args)) : at;
  const { known, name } = of.account;
  noteEvaluation(costs, cost.reads(args, known ? name : undefined, inputs), of);
}

/** Notes what an evaluation reads of the account that it is about: whole lists, which have no bound, look-ups, and records. */
export function noteEvaluation(costs: CostAccumulator, reads: EvaluationReads, at: ParentSet): void {
  const { lists = [], lookUps = [], records = [] } = reads;
  const isAccount = at.of === "Account";
  const { name, count } = isAccount ? at : at.account;
  const guaranteed = isAccount && at.guaranteed;
  for (const { route } of lists) {
    costs.list({
      route,
      parents: name,
      list: "{}",
      window: "all",
      calls: count * Number.POSITIVE_INFINITY,
      guaranteed,
    });
  }
  for (const { list, by } of lookUps) {
    const { route } = list;
    costs.list({ route, parents: name, list: JSON.stringify(by), window: "found", calls: count, guaranteed });
  }
  for (const { resource, id } of records) {
    if (id !== undefined) costs.record(resource, at.account, id, 1, guaranteed && isPathId(id));
    else if (!at.whole) costs.record(accounts, root.account, name, count, guaranteed);
  }
}
