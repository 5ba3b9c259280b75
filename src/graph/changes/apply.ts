import { CloudflareError } from "../../cloudflare/error.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import type { Message } from "../../cloudflare/result.ts";
import type { UserGroup } from "../../cloudflare/user-groups.ts";
import type { Context } from "../context.ts";
import type { Warning } from "../mutations/confirmation.ts";
import { conflict } from "../mutations/input.ts";
import { aboutTheCaller, type Payload, type Progress } from "../mutations/mutation.ts";
import { toMutationError } from "../mutations/mutation-error-mapping.ts";
import { type Confirmation, MutationError, type MutationErrorData } from "../mutations/mutation-errors.ts";
import type { Node } from "../node.ts";
import { AppliedWrites } from "./applied-writes.ts";
import { createdBy } from "./change-input.ts";
import { makeChange } from "./make-change.ts";
import { placeholderOf } from "./placeholders.ts";
import type { PlannedCall } from "./planned-calls.ts";
import { lastPart, resolved } from "./references.ts";
import { sayTheSame } from "./same-policies.ts";
import type { SimulatedChange, Simulation } from "./simulation.ts";
import { withRealIds } from "./state-after.ts";

/** A change that was made. */
export interface AppliedChange {
  change: number;
  node: Node | null;
}

/** What was made. */
export interface Applied {
  changes: AppliedChange[];
  calls: PlannedCall[];
  messages: Message[];
  warnings: Warning[];
  /** The ID of something that was created, by the one that stood for it; any other ID as it is. */
  realId: (id: string) => string;
}

/** Makes the changes of a simulation, one after the other, with the mutations' own code. Stops at the first failure. */
export class Application {
  readonly #simulation: Simulation;
  readonly #context: Context;
  readonly #progress: Progress;
  readonly #confirm: readonly Confirmation[];
  readonly #writes: AppliedWrites;
  readonly #ids = new Map<string, string>();
  /** User groups as they were written last, by their IDs. */
  readonly #groups = new Map<string, UserGroup>();
  readonly #applied: Omit<Applied, "calls" | "realId"> = { changes: [], messages: [], warnings: [] };

  constructor(simulation: Simulation, confirm: readonly Confirmation[], context: Context, progress: Progress) {
    this.#simulation = simulation;
    this.#confirm = confirm;
    const calls = simulation.changes.flatMap(({ calls }) => calls);
    const planned = calls.filter(({ method }) => method !== "GET");
    const { loaders, stopping } = context;
    this.#writes = new AppliedWrites({ loaders, planned, stopping });
    this.#context = Object.create(context, { loaders: { value: this.#writes.loaders } });
    this.#progress = {
      ...progress,
      written: () => {
        this.#writes.confirm();
        progress.written();
      },
    };
  }

  async run(): Promise<Applied> {
    for (const simulated of this.#simulation.changes) {
      try {
        await this.#make(simulated);
      } catch (error) {
        this.#writes.stop();
        throw this.#failed(simulated, error);
      }
    }
    // What somebody else had done already was not sent, or was rejected.
    const done = this.#writes.writes.filter(({ outcome }) => outcome === "done");
    const calls = done.map(({ call }) => this.#shown(call));
    return { ...this.#applied, calls, realId: this.#realId };
  }

  readonly #realId = (id: string): string => this.#ids.get(id) ?? id;

  async #make(simulated: SimulatedChange): Promise<void> {
    const { change, seen } = simulated;
    const { accountId } = this.#simulation;
    const input = resolved(change.input, (reference) => this.#realId(placeholderOf(reference.change)));
    const policyId = this.#policyId(simulated, input.userGroupId);
    const whole = { ...input, accountId, confirm: this.#confirm, ...(policyId !== undefined && { policyId }) };
    this.#writes.begin(change.at, seen);
    const payload = await makeChange(change.name, whole, this.#context, this.#progress);
    this.#note(simulated, payload);
  }

  #note({ change: { at, name } }: SimulatedChange, { node, messages, warnings = [] }: Payload<Node>): void {
    const { record } = (node ?? {}) as { record?: { id: string; policies?: Policy[] } };
    if (record && createdBy(name) && name !== "addUserGroupPolicy") {
      this.#ids.set(placeholderOf(at), record.id);
      this.#writes.created.set(record.id, at);
    }
    if (node?.type === "UserGroup" && record?.policies) this.#groups.set(record.id, record as UserGroup);
    this.#applied.changes.push({ change: at, node: node ?? null });
    this.#applied.messages.push(...messages);
    const known = this.#applied.warnings;
    for (const each of warnings) if (!known.some(({ code }) => code === each.code)) known.push(each);
  }

  /** The ID that a policy has now: with each write of its group it has another one, and is known by what it says. */
  #policyId({ policy }: SimulatedChange, userGroupId: unknown): string | undefined {
    if (!policy?.written) return undefined;
    const group = this.#groups.get(lastPart(String(userGroupId)));
    const wanted = withRealIds([policy.content], this.#realId);
    const found = group?.policies.find((each) => sayTheSame([each], wanted));
    if (found?.id) return found.id;
    throw conflict("The group has no such policy any more: somebody else has written its policies.");
  }

  /** What is told of a failure: if nothing was tried, the failure itself. */
  #failed({ change }: SimulatedChange, error: unknown): unknown {
    const { tried, done } = this.#writes;
    // What is about the caller is an error as for every mutation, unless something was done.
    if (!tried || (!done && isAboutTheCaller(error))) return error;
    const data = dataOf(error);
    const of = (outcome: string) =>
      this.#writes.writes.filter((each) => each.outcome === outcome).map(({ call }) => this.#shown(call));
    const lists = { done: of("done"), failed: of("failed"), notSent: of("notSent"), unknown: of("unknown") };
    const counts = `${lists.done.length} of ${this.#writes.writes.length} calls were done`;
    const message = `It stopped at change ${change.at} (${change.name}), and ${counts}: ${data.message}`;
    return new MutationError({ type: "PartialChangeError", message, change: change.at, error: data, ...lists });
  }

  /** A call with the IDs of what was created so far. */
  #shown(call: PlannedCall): PlannedCall {
    const ids = new Map([...this.#writes.created].map(([id, at]) => [`#${at}`, id]));
    const named = (text: string) => text.replace(/#\d+/g, (name) => ids.get(name) ?? name);
    const { body } = call;
    return { ...call, path: named(call.path), ...(body !== undefined && { body: withIds(body, named) }) };
  }
}

/** A body in which IDs stand alone, so that no name of a person or group is taken for one. */
function withIds(body: unknown, named: (text: string) => string): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    key === "id" && typeof value === "string" ? named(value) : value,
  );
}

function isAboutTheCaller(error: unknown): boolean {
  return error instanceof CloudflareError && aboutTheCaller.has(error.kind);
}

/** A failure as data. A bug is thrown on. */
function dataOf(error: unknown): MutationErrorData {
  if (error instanceof MutationError) return error.data;
  if (!(error instanceof CloudflareError)) throw error;
  if (isAboutTheCaller(error)) return { type: "PermissionDeniedError", message: error.message };
  return toMutationError(error, false, () => []);
}
