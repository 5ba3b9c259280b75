/** Units that count until a moment (milliseconds since the epoch). */
export interface ActiveUsage {
  units: number;
  until: number;
}

/** One quota, and all that counts against it. */
export interface Limit {
  /** The policy that it comes from. */
  name: string;
  seconds: number;
  quota: number;
  active: ActiveUsage[];
  /** How often each further unit counts: once, or once for each replica that may take as much without our seeing it. */
  weight: number;
}

/** The units that count. */
export function sumOf(active: ActiveUsage[]): number {
  return active.reduce((sum, { units }) => sum + units, 0);
}

/** How many more units fit into a limit; below 0 where more is counted than may be. */
export function leftOf({ quota, active, weight }: Limit): number {
  return Math.floor((quota - sumOf(active)) / weight);
}

/** What of a limit stays for mutations and single reads: a tenth, rounded up. */
export function reserveOf({ quota, weight }: Limit): number {
  return Math.ceil(quota / weight / 10);
}

/** When so many units fit, if nothing is added meanwhile: 0 for now; null for never. */
export function availableAt({ quota, active, weight }: Limit, units: number): number | null {
  let over = sumOf(active) + units * weight - quota;
  if (over <= 0) return 0;
  for (const { units: back, until } of active.toSorted((one, other) => one.until - other.until)) {
    over -= back;
    if (over <= 0) return until;
  }
  return null;
}

/** When the first of what counts comes back; null where nothing counts. */
export function nextReleaseAt({ active }: Limit): number | null {
  return active.length ? Math.min(...active.map(({ until }) => until)) : null;
}

/** When so many units could be had, by all limits, from a moment on; null for never. */
export function possibleAt(limits: Limit[], from: number, units: number, spare: boolean): number | null {
  let at = from;
  for (const limit of limits) {
    const fits = availableAt(limit, units + (spare ? reserveOf(limit) : 0));
    if (fits === null) return null;
    at = Math.max(at, fits);
  }
  return at;
}
