import { type Call, type Credential, createClient, secretOf } from "../cloudflare/client.ts";
import { accountOf } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Transport } from "../cloudflare/wire.ts";
import { accountCheck, accountRefusal, type CheckedOperation, checkAccount } from "./account-check.ts";
import { Admission } from "./admit/admission.ts";
import { admit } from "./admit.ts";
import type { Audit } from "./audit.ts";
import { callerQuota } from "./budget/caller-quota.ts";
import type { Budget, QuotaStatus } from "./budget.ts";
import { type CallObserver, callEvents, waits } from "./call-events.ts";
import { type CircuitBreaker, loggedBreaker } from "./circuit-breaker.ts";
import { networkOf } from "./credential-guard/client-network.ts";
import { Credentials } from "./credential-guard/credentials.ts";
import { Probes } from "./credential-guard/probes.ts";
import { UnknownLimit } from "./credential-guard/unknown-limit.ts";
import { CredentialGuard } from "./credential-guard.ts";
import type { Deadline } from "./deadline.ts";
import { callerKey, type RequestDeduplication } from "./deduplication.ts";
import { FairQueue, type Rate } from "./fair-queue.ts";
import type { CacheDirective } from "./freshness/directive.ts";
import type { Freshness, FreshReads } from "./freshness.ts";
import { asUnavailable, gatewayCredential } from "./gateway-credential.ts";
import { rateLimited } from "./limit-errors.ts";
import { compose, type Link } from "./link.ts";
import { meteredTransport } from "./metered-transport.ts";
import { readAfterCreate } from "./read-after-create.ts";
import { recordOutcome } from "./record-outcome.ts";
import { retry } from "./retry.ts";
import type { OperationUsage } from "./usage.ts";
import { waitForTurn } from "./wait-for-turn.ts";
import { type Lease, WriteLocks } from "./write-lock.ts";

/** What guards the calls of one process. */
export interface ChainOptions {
  transport: Transport;
  baseUrl: string;
  budget: Budget;
  /** What each caller may spend of a credential that several use; `false` for no limit. */
  callerQuotas?: Budget | false | undefined;
  deduplication: RequestDeduplication;
  /** What is remembered from one operation to the next. */
  freshness: Freshness;
  /** Calls that one operation may make; `Infinity` for any number. */
  maxCalls: number;
  /** Whether reads are repeated after passing trouble, and wait for the end of a brief rate limit. */
  retry: boolean;
  /** Calls of one caller at once; `Infinity` for any number. */
  concurrency: number;
  rate: Rate | false;
  /** Milliseconds that a write waits for its turn. */
  callTimeout: number;
  breaker: boolean;
  /** What keeps a record of each write; `undefined` where nobody does. */
  audit?: Pick<Audit, "link"> | undefined;
  /** Unknown credentials of one client address in a minute; `Infinity` for any number. */
  maxUnknownCredentials: number;
  /** When there is time for more work: see `TimeSlice`. */
  slice: { readonly over: boolean; turn(): Promise<void> };
  /** Whether no operation may wait for what is done in another one: each then has a queue and locks of its own. */
  separateRequests?: boolean;
  logger: { debug(line: string): void; warn(line: string): void };
}

/** One operation, and whose it is. */
export interface Operation {
  /** Names the caller among all of the process: each has a queue of their own. The same as `key` where the credential is theirs. */
  caller: string;
  /** What the caller may do, and what the operation needs. */
  access: CheckedOperation;
  credential: Credential | null;
  /** Why there is no credential, as it is told to the caller. */
  problem: string;
  /** HMAC of the credential: the caller's key in the budget. */
  key: string;
  /** The ID under which its request is logged. */
  requestId: string;
  /** The client's address; `undefined` where it is not known. */
  address: string | undefined;
  deadline: Deadline;
  /** The operation mutates: its reads join no others. */
  isolated: boolean;
  /** Its calls leave the last tenth of the quota to others: they can be made later as well. @default false */
  spare?: boolean;
  /** What it accepts of earlier reads. */
  directive: CacheDirective;
  usage: OperationUsage;
  /** Who is told of its calls, if anybody is. */
  observer?: CallObserver | undefined;
}

/** An operation's end of the chain. */
export interface GuardedOperation {
  /** The client, with every guard in front of it. */
  call: Call;
  /** Pages of a list that were read before; `undefined` where the operation accepts none. */
  remembered: FreshReads["pages"];
  /** Knows why nothing may be sent with the operation's credential. */
  guard: { refusal(): CloudflareError | undefined };
  admission: Admission;
  /** What is left of the operation's quota: the credential's, or its caller's share where that is less. */
  quota: () => Promise<QuotaStatus>;
  /** Runs a write in turn with all others to the same thing, which is named by its account, `/` and its ID. */
  lock: <T>(thing: string, write: () => Promise<T>) => Promise<T>;
  /** Does something during which the lock that is held is not given to others, although nothing is sent. */
  hold: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Gives each operation its end of the chain, and tells how many calls are under way and stopped. */
export interface Chain {
  (operation: Operation): GuardedOperation;
  status(): { calls: FairQueue["status"]; breaker: CircuitBreaker["status"] };
}

/** Makes the guards that all operations of a process share, and composes each operation's own chain of them. */
export function createChain(options: ChainOptions): Chain {
  const { transport, baseUrl, budget, callerQuotas, deduplication, maxCalls, callTimeout, slice, logger } = options;
  const { concurrency, rate, freshness, audit, separateRequests = false } = options;
  const credentials = new Credentials();
  const limit = new UnknownLimit(options.maxUnknownCredentials, credentials, separateRequests);
  const waiting = () => ({
    locks: new WriteLocks(callTimeout),
    fairQueue: new FairQueue({ concurrency, rate }),
    probes: new Probes(credentials),
  });
  const together = waiting();
  const breaker = options.breaker ? loggedBreaker(baseUrl, logger) : undefined;
  const afterCreate = readAfterCreate();

  const status: Chain["status"] = () => ({
    calls: together.fairQueue.status,
    breaker: breaker?.status ?? { open: false, credentials: 0 },
  });
  const guarded = (operation: Operation): GuardedOperation => {
    const { caller, access, credential, problem, key, requestId, address } = operation;
    const { deadline, isolated, spare = false, directive, usage, observer } = operation;
    const { locks, fairQueue, probes } = separateRequests ? waiting() : together;
    const ownCredential = caller === key;
    const sent = () => usage.calls + usage.retries > 0;
    const client = address === undefined ? undefined : networkOf(address);
    const guard = new CredentialGuard(credentials, limit, { key, client, deadline, sent });
    const shares = callerQuotas && !ownCredential;
    const ownBudget = shares ? callerQuota(budget, callerQuotas, caller) : budget;
    const admission = new Admission(
      { caller: key, budget: ownBudget, maxCalls, deadline, waitForReset: options.retry && !spare, spare },
      usage,
    );
    const requester = {
      caller: callerKey(credential),
      deadline,
      isolated,
      usage,
      joins: (call: object) => fairQueue.join(call, usage),
    };
    const writer: { hurried: boolean; lease: Lease | undefined } = { hurried: false, lease: undefined };
    const stop = (route: string) => {
      const closed = budget.closedUntil(key);
      return closed ? rateLimited(route, closed) : (guard.refusal(route) ?? breaker?.refusal(key, route));
    };
    const fresh = { key, isolated, directive, usage };
    const { link: fromMemory, pages } = freshness.reads(fresh);
    const links: (Link | undefined)[] = [
      observer && waits(observer),
      accountCheck(access),
      ownCredential ? undefined : gatewayCredential,
      credential ? undefined : refuse(problem),
      fromMemory,
      afterCreate(deadline),
      guard.link,
      admit({
        admission,
        deadline,
        inFlight: (endpoint, params) => deduplication.inFlight(requester, endpoint, params),
      }),
      deduplication.link(requester),
      observer && callEvents(observer),
      options.retry ? retry({ again: () => admission.acquireRetry() }) : undefined,
      waitForTurn({ fairQueue, probes, callTimeout, caller, key, guard, usage, admission, writer, stop }),
      // Behind what turns calls away: of what is never sent there is no record, so that nobody fills the log with it.
      audit?.link({ caller, requestId }),
      recordOutcome({ key, budget, guard, forget: () => breaker?.forget(key) }),
      breaker?.link(key),
      freshness.sending(fresh),
    ];
    const tells = observer?.onCall ?? observer?.startCall;
    const told = observer && tells && { told: observer, secret: credential ? secretOf(credential) : "" };
    const metered = meteredTransport(transport, { key, budget, usage, slice, observer: told });
    const call = compose(
      links.filter((link) => link !== undefined),
      createClient({ transport: metered, baseUrl, credential, slice }),
    );

    const hurry = () => {
      writer.hurried = true;
      fairQueue.prefer(caller);
    };
    return {
      call,
      remembered:
        pages &&
        (async (endpoint, params) =>
          accountRefusal(access, accountOf(endpoint, params), "") ? [] : pages(endpoint, params)),
      guard: {
        refusal: () => {
          const refusal = guard.refusal();
          return refusal && !ownCredential ? asUnavailable(refusal) : refusal;
        },
      },
      admission,
      quota: () => ownBudget.status(key),
      // No write waits behind one that would not be sent.
      lock: async (thing, write) => {
        const [account = ""] = thing.split("/", 1);
        checkAccount(access, account);
        return guard.hold("", () => {
          const rank = guard.knownIn(account) ? 0 : guard.known ? 1 : 2;
          const outer = writer.lease;
          const hasTurn = observer?.waiting.begin();
          const locked = async (lease: Lease) => {
            hasTurn?.();
            writer.lease = lease;
            try {
              return await write();
            } finally {
              writer.lease = outer;
            }
          };
          const turn = locks.run(thing, { caller, rank, hurry }, locked, outer);
          return hasTurn ? turn.finally(hasTurn) : turn;
        });
      },
      hold: (work) => writer.lease?.during(work) ?? work(),
    };
  };
  return Object.assign(guarded, { status });
}

/** Link: without a credential nothing is weighed or sent. */
function refuse(problem: string): Link {
  return (): Call =>
    async ({ route }) => {
      throw new CloudflareError(route, problem, { kind: "unauthenticated" });
    };
}
