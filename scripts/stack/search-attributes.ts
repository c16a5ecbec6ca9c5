import type { Config } from '../../src/platform/config';
import { ensureSearchAttributes } from '../../src/platform/search-attributes';
import { createTemporalClient } from '../../src/platform/temporal-client';

/** Temporal may not let us (in Temporal Cloud it is a setting of the namespace); uploads run without them. */
export async function registerSearchAttributes(config: Config, report: (line: string) => void): Promise<void> {
  try {
    const temporal = await createTemporalClient(config);
    try {
      const added = await ensureSearchAttributes(temporal.client);
      if (added.length > 0) report(`search attributes added: ${added.join(', ')}`);
    } finally {
      await temporal.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(`search attributes could not be registered, see docs/operations.md: ${reason}`);
  }
}
