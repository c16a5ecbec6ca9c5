import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ApiError, createClient, type Call } from './client';
import { loadSettings } from './settings';

/*
 * Follows the changes of entities: what comes is added to a file of JSON lines, then the cursor is kept, so that a crash in
 * between brings a page again and loses none.
 *
 *   npm run example -- puller [--once] [--folder=pulled] [entity …]
 */

interface Page {
  records: Record<string, unknown>[];
  nextCursor: string;
  hasMore: boolean;
}

/** How long a request waits for something to happen; it costs nothing. */
const waitSeconds = 30;

/**
 * Takes the changes of an entity since the last time.
 * @param wait whether to wait for some when there are none
 * @returns how many there were
 */
export async function pull(call: Call, folder: string, entity: string, wait: boolean): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const cursorFile = path.join(folder, `${entity}.cursor`);
  let taken = 0;
  for (;;) {
    const after = existsSync(cursorFile) ? readFileSync(cursorFile, 'utf8') : '';
    const query = new URLSearchParams({
      limit: '1000',
      ...(after && { after }),
      ...(wait && { wait: `${waitSeconds}` }),
    });
    const page = await call<Page>('GET', `/v1/records/${entity}?${query}`);
    if (page.records.length > 0) {
      const lines = page.records.map((record) => `${JSON.stringify(record)}\n`).join('');
      appendFileSync(path.join(folder, `${entity}.jsonl`), lines);
    }
    // Whole or not at all: a cursor that is cut off is none.
    writeFileSync(`${cursorFile}.new`, page.nextCursor);
    renameSync(`${cursorFile}.new`, cursorFile);
    taken += page.records.length;
    if (!page.hasMore) return taken;
  }
}

/** Pulls once, or goes on for ever. */
export async function runPuller(args: readonly string[]): Promise<void> {
  const call = createClient(loadSettings());
  const folder = args.find((arg) => arg.startsWith('--folder='))?.slice('--folder='.length) ?? 'pulled';
  const entities = args.filter((arg) => !arg.startsWith('--'));
  const wanted = entities.length > 0 ? entities : ['claim_attendance'];
  const once = args.includes('--once');
  const follow = async (entity: string): Promise<void> => {
    do {
      const taken = await pull(call, folder, entity, !once);
      if (taken > 0 || once) console.log(`${entity}: ${taken} changes`);
    } while (!once);
  };
  try {
    await Promise.all(wanted.map(follow));
  } catch (error) {
    const isForeign = error instanceof ApiError && error.status === 410;
    if (isForeign) console.error('The database is another one than before: delete the cursors and read it all again.');
    throw error;
  }
}
