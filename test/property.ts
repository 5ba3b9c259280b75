/** Settings of a property: so many runs, from a seed that is printed, and that `SEED` repeats. */
export function runs(numRuns: number): { numRuns: number; seed: number; verbose: 1 } {
  const seed = Number(process.env.SEED ?? (Math.random() * 2 ** 31) | 0);
  console.info(`seed ${seed}: ${numRuns} runs of each property (SEED=${seed} repeats them)`);
  return { numRuns, seed, verbose: 1 };
}
