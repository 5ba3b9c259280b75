import { vi } from "vitest";

/** Waits until a check passes, as long as a busy machine may take. */
export function waitFor<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 5 });
}
