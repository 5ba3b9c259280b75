import type { YogaInitialContext } from "graphql-yoga";
import { ObjectCount, type Paced } from "../execution/answer-limits.ts";
import type { Context } from "../graph/context.ts";
import type { Slice } from "../graph/in-turns.ts";
import { createLoaders, type Loaders } from "../loaders/loaders.ts";
import { checkAccount } from "../upstream/account-check.ts";
import { budgetKey } from "../upstream/budget.ts";
import type { Chain } from "../upstream/chain.ts";
import { Deadline } from "../upstream/deadline.ts";
import type { CacheDirective } from "../upstream/freshness/directive.ts";
import { type AccessLevel, accountsOf } from "../upstream/rights.ts";
import { OperationUsage } from "../upstream/usage.ts";
import type { AccessContext } from "./access-level.ts";
import { type CacheLimits, cacheDirective } from "./cache-control.ts";
import type { Caller } from "./caller.ts";
import type { NodePeer } from "./client-address.ts";
import { EXPLAIN, type ExplainContext } from "./explain.ts";
import type { ObservedOperation } from "./operation-events.ts";
import { requestIdOf } from "./request-id.ts";
import type { SharedOperation } from "./shared-operations.ts";
import type { SubscriptionContext } from "./subscription.ts";

/** What all operations of a gateway have in common. */
export interface ContextOptions {
  chain: Chain;
  /** Milliseconds that an operation waits for its reads. */
  operationTimeout: number;
  /** Whether {@link EXPLAIN} is heeded. */
  explain: boolean;
  /** Objects that one answer may have; `Infinity` for any number. */
  maxObjects: number;
  /** What callers may accept of earlier reads. */
  cache: CacheLimits;
  addressOf: (request: Request, peer: NodePeer | undefined) => string | undefined;
  callerOf: (request: Request) => Caller;
  /** Tells when long work has to let others have their turn. */
  slice: Slice;
  /** Whether the gateway is shutting down. */
  stopping: () => boolean;
}

/** What Yoga and other plugins have put into a context before. */
type Given = YogaInitialContext & Partial<SharedOperation & ObservedOperation & { req: NodePeer }>;

type OperationContext = Context & ExplainContext & AccessContext & SubscriptionContext & Paced;

/** A global key is a user's, who is named beside it. */
function credentialEmail(credential: Caller["credential"]): string | undefined {
  return credential && "email" in credential ? credential.email : undefined;
}

/** Makes the context of each operation: its credential, deadline and usage, its end of the chain of calls, its loaders. */
export function operationContext(options: ContextOptions) {
  const { chain, operationTimeout, explain, maxObjects, cache, addressOf, callerOf, slice, stopping } = options;
  return ({ request, signal = request.signal, isolated = false, accepted, req, record }: Given): OperationContext => {
    const { id, email = null, credential, problem, rights, expiresAt } = callerOf(request);
    const asked = request.headers.get(EXPLAIN);
    const quotaKey = budgetKey(credential);
    const usage = new OperationUsage(explain && asked === "analyze");
    if (accepted) accepted.usage = usage;
    const directive = cacheDirective(request.headers.get("cache-control"), cache);
    const client = addressOf(request, req);
    // The limit on unknown credentials has nothing to count without one.
    const address = credential ? client : undefined;
    const access = { rights, needs: "read" as AccessLevel };
    const requestId = requestIdOf(request);
    const whose = { caller: id ?? quotaKey, access, credential, problem, key: quotaKey, requestId, address };
    const observer = record?.observer;
    const contextOf = (
      directive: CacheDirective,
      usage: OperationUsage,
      { until = signal, spare = false }: { until?: AbortSignal; spare?: boolean } = {},
    ): OperationContext => {
      const { call, remembered, guard, admission, quota, lock, hold } = chain({
        ...whose,
        deadline: new Deadline(until, Date.now() + operationTimeout),
        isolated,
        spare,
        directive,
        usage,
        observer,
      });
      const loaders = createLoaders(call, (batch) => usage.analysis?.batches.push(batch), remembered);
      let fresh: Loaders | undefined;
      return {
        loaders,
        fresh: () => {
          fresh ??= createLoaders((endpoint, params, body, given) =>
            call(endpoint, params, body, { ...given, fresh: true }),
          );
          return fresh;
        },
        refusalOf: (calls) => admission.refusalOf(calls),
        stopping,
        lock: { run: lock, hold },
        slice,
        email: id === null ? credentialEmail(credential) : email,
        oldestRead: () => usage.oldest,
        accounts: accountsOf(rights),
        access,
        usage,
        quota,
        admission,
        guard,
        explain: asked,
        directive,
        subscription: {
          caller: whose.caller,
          credential: quotaKey,
          expiresAt,
          checkAccount: (accountId) => checkAccount(access, accountId),
          poll: (until) => contextOf(directive, usage, { until, spare: true }),
          event: () => contextOf(directive, usage),
        },
        rehearse: (maxAge) => contextOf({ ...directive, maxAge, onlyIfCached: true }, new OperationUsage()),
        objects: new ObjectCount(maxObjects),
        holdReads: () => {
          const releases = [loaders.hold(), admission.hold()];
          return () => {
            for (const release of releases) release();
          };
        },
      };
    };
    const context = contextOf(directive, usage);
    if (record) record.context = context;
    return context;
  };
}
