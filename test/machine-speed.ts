/** Milliseconds that the work below takes on a quiet machine with cores of 2 GHz. */
const QUIET = 120;

/**
 * How many times longer a fixed piece of work takes at this moment than on a quiet machine; at least 1. Bounds of time are
 * multiplied by it: a slow or busy machine is not slow code, and what is quadratic takes minutes on any.
 */
export function slowness(): number {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    let sum = 0.5;
    for (let i = 0; i < 5e7; i++) sum += i;
    // Used, so that the engine leaves nothing out.
    return sum > 0 ? performance.now() - started : 0;
  });
  return Math.max(1, Math.min(...times) / QUIET);
}
