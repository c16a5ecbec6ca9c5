/** Mutated inputs of a run: 500 in CI, up to 10,000 by `FUZZ_RUNS`; `FUZZ_SEED` names the first. */
export const fuzzRuns = Math.min(10_000, Number(process.env['FUZZ_RUNS'] ?? 500));
export const fuzzSeed = Number(process.env['FUZZ_SEED'] ?? 1);

/** A sample of them goes through the real API. */
export const fuzzApiRuns = Math.min(fuzzRuns, Number(process.env['FUZZ_API_RUNS'] ?? 40));
