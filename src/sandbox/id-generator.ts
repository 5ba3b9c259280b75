import { hash } from "node:crypto";

/** An ID in Cloudflare's form, 32 hex digits, always the same for the same names. */
export function idOf(...names: (string | number)[]): string {
  return hash("sha256", names.join(" ")).slice(0, 32);
}

/** New IDs, and timestamps that always rise even if the clock stands still. */
export interface IdGenerator {
  /** An ID that was not there before. */
  id(kind: string): string;
  /** RFC 3339 with microseconds, as user groups, policies and resource groups carry it [D]. Strictly rising. */
  microseconds(): string;
  /** RFC 3339 with whole seconds, as SSO connectors carry it [D]. */
  seconds(): string;
}

/** A IDs on one clock. Its IDs count up from nothing, so the same writes give the same IDs in every run. */
export function createIdGenerator(clock: () => Date): IdGenerator {
  let minted = 0;
  let last = 0;
  return {
    id: (kind) => idOf("minted", kind, ++minted),
    microseconds() {
      last = Math.max(clock().getTime() * 1000, last + 1);
      const fraction = String(last % 1000).padStart(3, "0");
      return new Date(Math.floor(last / 1000)).toISOString().replace("Z", `${fraction}Z`);
    },
    seconds: () =>
      clock()
        .toISOString()
        .replace(/\.\d+Z$/, "Z"),
  };
}
