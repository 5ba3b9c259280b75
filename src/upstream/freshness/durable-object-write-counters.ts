import { callable, checkOptions, milliseconds, object, value } from "../../options.ts";
import { isObjectNamespace, type ObjectNamespace, objectAsker } from "../durable-object.ts";
import type { WriteCount, WriteCounters } from "./write-counters.ts";
import type { WritesAnswer, WritesMessage } from "./writes-object.ts";

/** How counters of writes in Durable Objects are made. */
export interface DurableObjectWriteCountersOptions {
  /** The binding of the class `AccountWrites`. */
  namespace: ObjectNamespace;
  /** Milliseconds that an object may take for an answer. @default 2000 */
  timeout?: number;
  /** Told when objects do not answer, and when one does again: without them nothing is answered from memory. @default console.warn */
  onChange?: (away: boolean) => void;
}

const allowed = object<DurableObjectWriteCountersOptions>(
  {
    namespace: value("the binding of a class of Durable Objects", isObjectNamespace),
    timeout: milliseconds,
    onChange: callable(),
  },
  "namespace",
);

/**
 * Counters of writes that all isolates of a Worker share: one Durable Object for each account (`AccountWrites`), by its ID, and one
 * for all accounts. Each is raised before a write is sent and when it has ended. Throws `OptionsError`.
 */
export function durableObjectWriteCounters(options: DurableObjectWriteCountersOptions): WriteCounters {
  checkOptions("durableObjectWriteCounters", allowed, options);
  const { namespace, timeout = 2_000, onChange = warn } = options;
  const askObject = objectAsker({ namespace, timeout, onChange });
  const ask = (account: string, message: WritesMessage) => askObject<WritesAnswer>(account, message);
  return {
    read: async (accounts) => {
      const answers = await Promise.all(accounts.map((account) => ask(account, {})));
      const now = Date.now();
      const known = answers.flatMap((answer): WriteCount[] =>
        answer ? [{ version: String(answer.count), quietUntil: answer.quietFor > 0 ? now + answer.quietFor : 0 }] : [],
      );
      return known.length === accounts.length ? known : null;
    },
    raise: async (account, ended) => {
      const write = ended ? "ended" : "begins";
      await Promise.all([...new Set([account, "*"])].map((name) => ask(name, { write })));
    },
    dispose: async () => {},
  };
}

function warn(away: boolean): void {
  const forgets = "The Durable Objects that count writes do not answer: nothing is answered from memory.";
  console.warn(away ? forgets : "The Durable Objects that count writes answer again.");
}
