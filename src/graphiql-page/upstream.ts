/** One REST call of an operation, as the gateway tells it with `analyze`. */
export interface Call {
  route: string;
  attempts: number;
  status: number | null;
  shared: boolean;
  remembered: boolean;
  age: number | null;
  /** From the start of the operation until it was asked for. */
  start: number;
  milliseconds: number;
}

interface PlannedCalls {
  min: number;
  max: number | null;
}

/** The cost of an operation: `extensions.upstream` of its answer. */
export interface Upstream {
  planned: PlannedCalls;
  /** With `plan`: what it would cost now, with what is remembered. */
  now?: PlannedCalls;
  objects: { planned: number; made: number };
  calls: number;
  shared: number;
  cached: number;
  /** Seconds since the oldest read was sent; `null` where nothing was read. */
  age: number | null;
  stale: number;
  retries: number;
  remaining: number | null;
  resetAt: string | null;
  analysis?: { calls: Call[]; batches: { route: string; asked: number }[] };
}

/** What an answer says of its cost; `undefined` where it says nothing, or is none. */
export function upstreamOf(answer: unknown): Upstream | undefined {
  const upstream = (answer as { extensions?: { upstream?: Partial<Upstream> } } | null)?.extensions?.upstream;
  return upstream?.planned ? (upstream as Upstream) : undefined;
}
