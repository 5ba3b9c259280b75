import type { Call, Credential } from "../cloudflare/client.ts";
import type { Transport } from "../cloudflare/wire.ts";
import type { Admission } from "./admission.ts";
import type { Budget } from "./budget.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { networkOf } from "./credential-guard/client-network.ts";
import { Credentials } from "./credential-guard/credentials.ts";
import { Probes } from "./credential-guard/probes.ts";
import { UnknownLimit } from "./credential-guard/unknown-limit.ts";
import { CredentialGuard } from "./credential-guard.ts";
import type { Deadline } from "./deadline.ts";
import { FairQueue, type Rate } from "./fair-queue.ts";
import { meteredClient } from "./metered-client.ts";
import type { OperationUsage } from "./usage.ts";
import { type Lease, WriteLocks } from "./write-lock.ts";

/** What guards the calls of one process. */
export interface ChainOptions {
  transport: Transport;
  baseUrl: string;
  budget: Budget;
  /** Calls of one caller at once; `Infinity` for any number. */
  concurrency: number;
  rate: Rate | false;
  /** Milliseconds that a write waits for its turn. */
  callTimeout: number;
  breaker: boolean;
  /** Unknown credentials of one client address in a minute; `Infinity` for any number. */
  maxUnknownCredentials: number;
  /** When there is time for more work: see `TimeSlice`. */
  slice: { readonly over: boolean; turn(): Promise<void> };
  logger: { debug(line: string): void; warn(line: string): void };
}

/** One operation, and whose it is. */
export interface Operation {
  credential: Credential | null;
  /** Why there is none, as it is told to the caller. */
  problem: string;
  /** HMAC of the credential. */
  key: string;
  /** Where the client is; `undefined` where that is not known. */
  address: string | undefined;
  deadline: Deadline;
  usage: OperationUsage;
  admission: Admission;
}

/** What an operation gets of the chain. */
export interface Guarded {
  guard: CredentialGuard;
  /** The client, from the guards of a single attempt on. */
  attempt: Call;
  /** Another operation waits for one of this one's calls, too. */
  joins: (call: object) => void;
  /** Runs a write in turn with all others to the same thing, which is named by its account, `/` and its id. */
  lock: <T>(thing: string, write: () => Promise<T>) => Promise<T>;
}

/** Makes the guards that all operations of a process share, and gives each operation its own end of them. */
export function createChain(options: ChainOptions): (operation: Operation) => Guarded {
  const { transport, baseUrl, budget, concurrency, rate, callTimeout, slice, logger } = options;
  const onChange = (stopped: boolean) =>
    stopped
      ? logger.warn(`${baseUrl} fails at nearly all calls: they are stopped, but for a probe every few seconds.`)
      : logger.warn(`${baseUrl} answers again.`);
  const onCredential = (key: string, stopped: boolean) => {
    const what = stopped ? "fail, and are stopped" : "are answered again";
    logger.debug(`Calls of credential ${key.slice(0, 8)} (HMAC) ${what}.`);
  };
  const credentials = new Credentials();
  const limit = new UnknownLimit(options.maxUnknownCredentials, credentials);
  const locks = new WriteLocks(callTimeout);
  const fairQueue = new FairQueue({ concurrency, rate });
  const probes = new Probes(credentials);
  const breaker = options.breaker ? new CircuitBreaker({ onChange, onCredential }) : undefined;
  const upstream = { transport, baseUrl, fairQueue, budget, probes, breaker, callTimeout, slice };

  return ({ credential, problem, key, address, deadline, usage, admission }) => {
    const sent = () => usage.calls + usage.retries > 0;
    const client = address === undefined ? undefined : networkOf(address);
    const guard = new CredentialGuard(credentials, limit, { key, client, deadline, sent });
    const writer: { hurried: boolean; lease: Lease | undefined } = { hurried: false, lease: undefined };
    const hurry = () => {
      writer.hurried = true;
      fairQueue.prefer(key);
    };
    return {
      guard,
      attempt: meteredClient(upstream, { credential, problem, key, guard, writer, usage, admission }),
      joins: (call) => fairQueue.join(call, usage),
      // Nobody waits behind a write that would not be sent.
      lock: (thing, write) =>
        guard.hold("", () => {
          const rank = guard.knownIn(thing.split("/")[0] ?? "") ? 0 : guard.known ? 1 : 2;
          return locks.run(thing, { caller: key, rank, hurry }, async (lease) => {
            writer.lease = lease;
            try {
              return await write();
            } finally {
              writer.lease = undefined;
            }
          });
        }),
    };
  };
}
