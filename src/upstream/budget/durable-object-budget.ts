import { createHmac } from "node:crypto";
import { LRUCache } from "lru-cache";
import { callable, checkOptions, milliseconds, OptionsError, object, orFalse, value } from "../../options.ts";
import type { Budget, QuotaStatus, Reservation } from "../budget.ts";
import { isObjectNamespace, type ObjectNamespace, objectAsker } from "../durable-object.ts";
import { isKeySecret, KEY_SECRET } from "./key-secret.ts";
import { memoryBudget } from "./memory.ts";
import { cloudflareQuota, type Quota, quotaOption } from "./quota.ts";
import { noNews, type QuotaAnswer, type QuotaMessage, type QuotaNews, read } from "./quota-message.ts";

/** How a budget in Durable Objects is made. */
export interface DurableObjectBudgetOptions {
  /** The binding of the class `CredentialQuota`. */
  namespace: ObjectNamespace;
  /** Names the objects: the name of each is an HMAC of its credential with this secret, of at least 32 characters. */
  secret: string;
  /** What is assumed of a credential until Cloudflare's answers tell. @default 1,200 calls in 300 seconds */
  quota?: Quota | false;
  /** Milliseconds that an object may take for an answer. @default 2000 */
  timeout?: number;
  /** Told when objects do not answer, and when one does again. @default console.warn */
  onChange?: (away: boolean) => void;
}

const allowed = object<DurableObjectBudgetOptions>(
  {
    namespace: value("the binding of a class of Durable Objects", isObjectNamespace),
    // Looked at on its own, because a refusal shows what was given.
    secret: value("", () => true),
    quota: orFalse(quotaOption),
    timeout: milliseconds,
    onChange: callable(),
  },
  "namespace",
  "secret",
);

/** Credentials of which this isolate has something to say, or knows when their gate opens. */
const MOST = 10_000;

/** Pairs of headers that are told of one credential at once; the last ones tell most. */
const MOST_HEADERS = 500;

/** The part of the quota that an isolate uses alone while the object does not answer: nobody knows how many isolates there are. */
const ALONE = 1 / 10;

/**
 * The budget of all isolates of a Worker: one Durable Object for each credential (`CredentialQuota`), which is asked once for each
 * fan-out. What answers tell goes with the next question, and with `flush` at the end of an operation. While the object does
 * not answer, each isolate uses a tenth of the quota, and tells later what it took. Throws `OptionsError`.
 */
export function durableObjectBudget(options: DurableObjectBudgetOptions): Budget {
  checkOptions("durableObjectBudget", allowed, options);
  if (!isKeySecret(options.secret)) throw new OptionsError(`durableObjectBudget: \`secret\` must be ${KEY_SECRET}.`);
  const { namespace, secret, quota = cloudflareQuota, timeout = 2_000, onChange = warn } = options;
  const ask = objectAsker({ namespace, timeout, onChange });
  const pending = new LRUCache<string, QuotaNews>({ max: MOST });
  const closed = new LRUCache<string, number>({ max: MOST });
  const tenth = quota && { ...quota, units: Math.ceil(quota.units * ALONE) };
  const alone = memoryBudget({ quota: tenth });
  const nameOf = (key: string) => createHmac("sha256", secret).update(key).digest("base64url");

  function newsOf(key: string): QuotaNews {
    const news = pending.get(key) ?? noNews();
    pending.set(key, news);
    return news;
  }

  async function tell(
    key: string,
    question: Pick<QuotaMessage, "reserve" | "status">,
  ): Promise<QuotaAnswer | undefined> {
    const news = pending.get(key) ?? noNews();
    pending.delete(key);
    const answer = await ask<QuotaAnswer>(nameOf(key), { quota, news, ...question });
    if (!answer) {
      // Reports of headers grow old. What was taken and given back counts as long as a window.
      const kept = newsOf(key);
      const since = Date.now() - (quota || cloudflareQuota).seconds * 1000;
      // What was given back of no moment in particular has none.
      const counts = ([moment]: [number, number]) => moment === 0 || moment > since;
      kept.taken.unshift(...news.taken.filter(counts));
      kept.released.unshift(...news.released.filter(counts));
      kept.outcomes.unshift(...news.outcomes);
      kept.forget ||= news.forget;
      return undefined;
    }
    // What another call has learnt meanwhile was not told yet.
    const untold = pending.get(key)?.outcomes.findLast((outcome) => outcome !== true) ?? 0;
    const until = Math.max(answer.closedUntil ?? 0, untold);
    if (until > 0) closed.set(key, until);
    else closed.delete(key);
    return answer;
  }

  return {
    async reserve(key, units, spare): Promise<Reservation> {
      const answer = await tell(key, { reserve: { units, spare } });
      const { status } = answer ?? {};
      if (status) return { ...read(status), granted: status.granted === true, at: status.at ?? Date.now() };
      const reservation = await alone.reserve(key, units, spare);
      if (reservation.granted) add(newsOf(key).taken, reservation.at, units);
      return reservation;
    },
    release(key, units, from = 0) {
      if (units <= 0) return;
      add(newsOf(key).released, from, units);
    },
    async status(key): Promise<QuotaStatus> {
      const answer = await tell(key, { status: true });
      return answer?.status ? read(answer.status) : alone.status(key);
    },
    observe(key, headers) {
      const [policies, remainders] = [headers["ratelimit-policy"], headers.ratelimit].map((each = "") => String(each));
      if (!policies && !remainders) return;
      const { headers: told } = newsOf(key);
      const pair: [string, string] = [policies ?? "", remainders ?? ""];
      if (told.some(([one, other]) => one === pair[0] && other === pair[1])) return;
      if (told.push(pair) > MOST_HEADERS) told.shift();
    },
    answered(key) {
      const { outcomes } = newsOf(key);
      if (outcomes.at(-1) !== true) outcomes.push(true);
    },
    close(key, until) {
      const moment = until.getTime();
      const { outcomes } = newsOf(key);
      if (outcomes.at(-1) !== moment) outcomes.push(moment);
      closed.set(key, Math.max(moment, closed.get(key) ?? 0));
    },
    closedUntil(key) {
      const until = closed.get(key);
      return until !== undefined && until > Date.now() ? new Date(until) : null;
    },
    forget(key) {
      newsOf(key).forget = true;
    },
    async flush() {
      await Promise.all([...pending.keys()].map((key) => tell(key, {})));
    },
    async dispose() {},
  };
}

/** Adds units to those of the same moment. */
function add(units: [at: number, units: number][], at: number, more: number): void {
  const same = units.find(([moment]) => moment === at);
  if (same) same[1] += more;
  else units.push([at, more]);
}

function warn(away: boolean): void {
  const alone = "The Durable Objects that count the quota do not answer: this isolate uses a tenth of it.";
  console.warn(away ? alone : "The Durable Objects that count the quota answer again.");
}
