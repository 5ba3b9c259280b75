import type { QuotaStatus, Reservation } from "../budget.ts";
import type { Quota } from "./quota.ts";

/** What an isolate of a Worker has to say of a credential since it asked last, and what it asks, in one message. */
export interface QuotaMessage {
  /** What is assumed until an answer announces a policy; `false` for no limit. */
  quota: Quota | false;
  news: QuotaNews;
  /** Units to take, or `status` for what is left. Without either there is no answer but when the gate opens. */
  reserve?: { units: number; spare: boolean };
  status?: true;
}

/** What has become known of a credential, in the order in which it counts. */
export interface QuotaNews {
  /** Units that were sent while the object could not be asked, by the moment of their taking. */
  taken: [at: number, units: number][];
  /** Units that were taken and never sent, by the moment of their taking. */
  released: [from: number, units: number][];
  /** `ratelimit-policy` and `ratelimit` of answers, each pair once. */
  headers: [policies: string, remainders: string][];
  /** How calls ended: `true` for an answer, or until when a rate limit holds. What follows upon itself is there once. */
  outcomes: (true | number)[];
  /** The credential was refused. */
  forget: boolean;
}

/** The answer of the object. Moments are milliseconds since the epoch; null for `Infinity` in numbers of units. */
export interface QuotaAnswer {
  status?: {
    left: number | null;
    quota: number | null;
    resetAt: number | null;
    asksAt?: number;
    granted?: boolean;
    at?: number;
  };
  /** When a closed gate opens. */
  closedUntil: number | null;
}

/** Nothing to say. */
export function noNews(): QuotaNews {
  return { taken: [], released: [], headers: [], outcomes: [], forget: false };
}

/** As it is sent. */
export function written(status: QuotaStatus & Partial<Reservation>): NonNullable<QuotaAnswer["status"]> {
  const { left, quota, resetAt, asksAt, granted, at } = status;
  const units = (count: number) => (Number.isFinite(count) ? count : null);
  return {
    left: units(left),
    quota: units(quota),
    resetAt: resetAt?.getTime() ?? null,
    ...(asksAt && { asksAt: asksAt.getTime() }),
    ...(granted !== undefined && { granted }),
    ...(at !== undefined && { at }),
  };
}

/** As it was before it was sent. */
export function read({ left, quota, resetAt, asksAt }: NonNullable<QuotaAnswer["status"]>): QuotaStatus {
  return {
    left: left ?? Number.POSITIVE_INFINITY,
    quota: quota ?? Number.POSITIVE_INFINITY,
    resetAt: resetAt === null ? null : new Date(resetAt),
    ...(asksAt !== undefined && { asksAt: new Date(asksAt) }),
  };
}
