/** One task queue for each class of work, so that a long stream of rows never holds up a short step. */
export const taskQueues = {
  /** Workflows, and the short activities between their steps. */
  uploads: 'careway-uploads',
  /** Activities that stream files or move sets of rows. */
  records: 'careway-records',
  /** The same for at most 1000 rows that somebody waits for: bulk files do not take their places. */
  batches: 'careway-batches',
} as const;
