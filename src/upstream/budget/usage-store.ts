import type { ClientQuota } from "./client-quota.ts";
import type { Limit } from "./limit.ts";

/** Where units are counted. All moments are those of its own clock, in milliseconds since the epoch. Nothing here rejects. */
export interface UsageStore {
  now(): number;
  /** How far its clock is ahead of this process'. */
  readonly clockOffset: number;
  /** Resolves when they can be used, if that takes time. */
  readonly ready?: Promise<void>;
  /** Adds units. Returns the time from which they count, and the units of this gateway that count then, by policy. */
  reserve(key: string, caller: ClientQuota, units: number): Promise<{ at: number; limits: Limit[] }>;
  /** The same without reserving. */
  limits(key: string, caller: ClientQuota, now: number): Promise<Limit[]>;
  /** Takes away units that were taken at that moment or later, as many of them as are there. */
  release(key: string, windows: number[], from: number, units: number): Promise<void>;
  /** Begins to count in windows that were not counted in before, from what was counted in others. */
  open(key: string, windows: number[], before: number[], now: number): Promise<void>;
  /** Forgets what this process counted; what others may see of it goes by itself. */
  forget(key: string, windows: number[]): void;
  /** Publishes a quota update of a caller to the other replicas. */
  publish(key: string, caller: ClientQuota, now: number): void;
  /** Whether no other replica has let a call ask in the last five minutes. */
  mayAsk(key: string): Promise<boolean>;
  dispose(): Promise<void>;
}
