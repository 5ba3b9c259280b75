import type { Trace } from "../cloudflare/wire.ts";

/** What an operation costs, in calls: at least and at most, repetitions of failed ones aside. */
export interface PlannedCalls {
  /** What any answer must cost: every list empty. */
  min: number;
  /** What it costs when every list is as long as `first` allows; `null` where no argument bounds it. */
  max: number | null;
}

/** One call that an operation made, or waited for while another operation made it. */
export interface CallRecord extends Trace {
  /** Another operation of the same caller was making it already: it cost this one nothing. */
  shared: boolean;
  /** From asking for it to its end, with turns, pauses and repetitions. */
  milliseconds: number;
}

/** What one operation spends. */
export class OperationUsage {
  planned: PlannedCalls = { min: 0, max: 0 };
  /** Objects that its answer is planned to have. */
  plannedObjects = 0;
  /** Sent to Cloudflare, repetitions aside. */
  calls = 0;
  /** Waited for, and sent by another operation. */
  shared = 0;
  /** Sent once more. */
  retries = 0;
  /** Each call, and each batch as the loaders describe it, where the caller asks for them. */
  readonly analysis: { calls: CallRecord[]; batches: { route: string; asked: number }[] } | undefined;
  /** The `first` with which the whole operation would cost so many calls at most. */
  maxAffordableFirst: (calls: number) => number | null = () => null;

  constructor(analyze = false) {
    this.analysis = analyze ? { calls: [], batches: [] } : undefined;
  }

  /** Notes that a call goes out, for the first time or again. */
  sent(trace: Trace | undefined): void {
    if (trace === undefined || trace.attempts++ === 0) this.calls++;
    else this.retries++;
  }

  /** Takes that back: it reached no server. */
  unsent(trace: Trace | undefined): void {
    if (trace === undefined || --trace.attempts === 0) this.calls--;
    else this.retries--;
  }

  /** Notes a call from when it was asked for, until `ended`. */
  begin(trace: Trace, shared: boolean): { ended: () => void } | undefined {
    if (shared) this.shared++;
    if (!this.analysis) return undefined;
    const { calls } = this.analysis;
    const began = performance.now();
    return {
      ended: () => calls.push({ ...trace, shared, milliseconds: Math.round(performance.now() - began) }),
    };
  }
}
