import type { YogaInitialContext } from "graphql-yoga";
import { ObjectCount, type Paced } from "../execution/limits.ts";
import type { Context } from "../graph/context.ts";
import type { Slice } from "../graph/in-turns.ts";
import { createLoaders } from "../loaders/loaders.ts";
import { budgetKey } from "../upstream/budget.ts";
import type { createChain } from "../upstream/chain.ts";
import { Deadline } from "../upstream/deadline.ts";
import { OperationUsage } from "../upstream/usage.ts";
import type { NodePeer } from "./client-address.ts";
import { presented } from "./credential.ts";
import { EXPLAIN, type ExplainContext } from "./explain.ts";
import type { SharedOperation } from "./shared-operations.ts";

/** What all operations of a gateway have in common. */
export interface ContextOptions {
  chain: ReturnType<typeof createChain>;
  /** Milliseconds that an operation waits for its reads. */
  operationTimeout: number;
  /** Whether {@link EXPLAIN} is heeded. */
  explain: boolean;
  /** Objects that one answer may have; `Infinity` for any number. */
  maxObjects: number;
  addressOf: (request: Request, peer: NodePeer | undefined) => string | undefined;
  slice: Slice;
}

/** What Yoga and other plugins have put into a context before. */
type Given = YogaInitialContext & Partial<SharedOperation & { req: NodePeer }>;

/** Makes the context of each operation: its credential, deadline and usage, its end of the chain of calls, its loaders. */
export function operationContext(options: ContextOptions) {
  const { chain, operationTimeout, explain, maxObjects, addressOf, slice } = options;
  return ({ request, signal = request.signal, isolated = false, req }: Given): Context & ExplainContext & Paced => {
    const { credential, problem } = presented(request.headers);
    const asked = request.headers.get(EXPLAIN);
    const quotaKey = budgetKey(credential);
    const usage = new OperationUsage(explain && asked === "analyze");
    const deadline = new Deadline(signal, Date.now() + operationTimeout);
    const client = addressOf(request, req);
    // The limit on unknown credentials has nothing to count without one.
    const address = credential ? client : undefined;
    const operation = { credential, problem, key: quotaKey, address, deadline, isolated, usage };
    const { call, guard, admission, lock } = chain(operation);
    return {
      loaders: createLoaders(call, (batch) => usage.analysis?.batches.push(batch)),
      lock: { run: lock },
      slice,
      usage,
      quotaKey,
      admission,
      guard,
      explain: asked,
      objects: new ObjectCount(maxObjects),
      holdReads: () => admission.hold(),
    };
  };
}
