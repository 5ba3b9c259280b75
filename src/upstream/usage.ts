import type { Trace } from "../cloudflare/wire.ts";

/** What an operation costs, in calls: at least and at most, repetitions of failed ones aside. */
export interface PlannedCalls {
  /** What any answer must cost: every list empty. */
  min: number;
  /** What it costs when every list is as long as `first` allows; `null` where no argument bounds it. */
  max: number | null;
}

/** One call that an operation made, or waited for while another operation made it. */
export interface CallRecord extends Pick<Trace, "route" | "attempts" | "status"> {
  /** Another operation of the same caller was making it already: it cost this one nothing. */
  shared: boolean;
  /** It was answered from memory, and cost nothing. */
  remembered: boolean;
  /** Seconds since it was sent, when it ended; `null` of a write, and where there is no answer. */
  age: number | null;
  /** Milliseconds from the start of the operation until it was asked for. */
  start: number;
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
  /** Answered from memory: reads that were not sent for this operation. */
  cached = 0;
  /** Reads from memory that are older than was asked for, because Cloudflare could not answer. */
  stale = 0;
  /** Reads that are not remembered, of an operation that makes no call. */
  missing = 0;
  /** An operation that began after that moment (milliseconds since the epoch) does not accept all of its reads. */
  acceptedUntil: number = Number.POSITIVE_INFINITY;
  /** When the oldest read of the answer was sent, in milliseconds since the epoch; `Infinity` where nothing was read. */
  oldest: number = Number.POSITIVE_INFINITY;
  /** Each call, and each batch as the loaders describe it, where the caller asks for them. */
  readonly analysis: { calls: CallRecord[]; batches: { route: string; asked: number }[] } | undefined;
  readonly #began = performance.now();
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

  /** Seconds since the oldest read of the answer was sent; `null` where nothing was read. */
  get age(): number | null {
    return Number.isFinite(this.oldest) ? secondsSince(this.oldest) : null;
  }

  /** Notes a read that is part of the answer, by when it was sent. */
  read(sentAt: number): void {
    this.oldest = Math.min(this.oldest, sentAt);
  }

  /**
   * Notes a read that was answered from memory: in place of a call, or because a call has failed. `accepted` is the age in
   * milliseconds that it may have.
   */
  remembered(
    { route, sentAt, accepted }: { route: string; sentAt: number; accepted: number },
    instead: "of a call" | "of a failure" | "of a refusal",
  ): void {
    this.read(sentAt);
    this.acceptedUntil = Math.min(this.acceptedUntil, sentAt + accepted);
    if (instead !== "of a call") this.stale++;
    // A call that failed is counted as a call.
    if (instead === "of a failure") return;
    this.cached++;
    const age = secondsSince(sentAt);
    const start = this.#sinceStart(performance.now());
    const record = { route, attempts: 0, status: null, shared: false, remembered: true, age, start, milliseconds: 0 };
    this.analysis?.calls.push(record);
  }

  /** Notes a call from when it was asked for, until `ended`, which is told when its answer was sent. */
  begin(trace: Trace, shared: boolean): { ended: (sentAt?: number) => void } | undefined {
    if (shared) this.shared++;
    if (!this.analysis) return undefined;
    const { calls } = this.analysis;
    const began = performance.now();
    return {
      ended: (sentAt) => {
        const { route, attempts, status } = trace;
        const age = sentAt === undefined ? null : secondsSince(sentAt);
        const milliseconds = Math.round(performance.now() - began);
        const start = this.#sinceStart(began);
        calls.push({ route, attempts, status, shared, remembered: false, age, start, milliseconds });
      },
    };
  }

  #sinceStart(moment: number): number {
    return Math.round(moment - this.#began);
  }
}

function secondsSince(moment: number): number {
  return Math.max(0, Math.floor((Date.now() - moment) / 1000));
}
