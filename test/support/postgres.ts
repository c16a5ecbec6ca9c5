import type { TestStack } from './stack';

/**
 * Restarts the database on the same port. `fast` ends sessions and checkpoints; `immediate` is a crash: the server
 * recovers from its log, and unlogged tables come back empty.
 */
export async function restartPostgres(stack: TestStack, mode: 'fast' | 'immediate'): Promise<void> {
  if (!stack.postgres) throw new Error('DATABASE_URL names a server that is not ours to restart');
  await stack.postgres.restart(mode);
}
