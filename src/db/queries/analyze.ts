import type { Database } from '../client';

/**
 * Gives the planner its statistics of a table that has just grown, out of a tenth of the usual sample: enough to see that
 * it is not empty any more and how far its keys repeat. The usual sample is every page of a table of some hundred
 * thousand rows, and each page read first after a checkpoint is written to the log as a whole.
 * @param what a table, with the columns that are joined by, or several
 */
export async function analyzeSample(db: Database, what: string): Promise<void> {
  // In a transaction already, the setting holds until its end: nothing else there looks at it.
  await db.transaction((trx) => trx.raw(`SET LOCAL default_statistics_target = 10; ANALYZE ${what}`));
}
