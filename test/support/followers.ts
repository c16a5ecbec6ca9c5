import assert from 'node:assert/strict';
import { call } from '../api/support/client';

/** What one reader has been given, in that order. */
export interface Seen {
  entityId: string;
  modified: string;
}

export interface Follower {
  name: string;
  seen: readonly Seen[];
  /** Reads on until nothing more comes, then ends. */
  finish(): Promise<void>;
}

interface Source {
  apiUrl: string;
  headers: Record<string, string>;
  entity: string;
  pageSize: number;
}

/** A client of CareCloud's API: keeps the highest `modified` and nothing else. */
export function followByQuery({ apiUrl, headers, entity, pageSize }: Source): Follower {
  let last: string | undefined;
  return follow('query', async (seen) => {
    const Query = last === undefined ? {} : { modified: { $gt: last } };
    const body = { Query, Sort: { modified: 1 }, Take: pageSize, WithoutTotal: true };
    const answer = await call(`${apiUrl}/appdata/${entity}/query`, headers, 'POST', body);
    assert.equal(answer.status, 200, answer.text);
    seen.push(...answer.body.data);
    last = seen.at(-1)?.modified;
    return answer.body.data.length;
  });
}

/** A client that keeps the cursor and lets its calls wait. */
export function followByCursor({ apiUrl, headers, entity, pageSize }: Source): Follower {
  let after = '';
  return follow('cursor', async (seen, wait) => {
    const path = `${apiUrl}/v1/records/${entity}?limit=${pageSize}&wait=${wait ? 1 : 0}${after && `&after=${after}`}`;
    const answer = await call(path, headers);
    assert.equal(answer.status, 200, answer.text);
    seen.push(...answer.body.records);
    after = answer.body.nextCursor;
    return answer.body.records.length;
  });
}

function follow(name: string, read: (seen: Seen[], wait: boolean) => Promise<number>): Follower {
  const seen: Seen[] = [];
  let ending = false;
  const reading = (async () => {
    for (;;) {
      const isLast = ending;
      const count = await read(seen, !isLast);
      if (count === 0 && isLast) return;
    }
  })();
  // Whoever waits for the end hears of it.
  reading.catch(() => undefined);
  return {
    name,
    seen,
    async finish() {
      ending = true;
      await reading;
    },
  };
}

/** Records of which a reader does not hold the last version. */
export function missedBy({ seen }: Follower, records: ReadonlyMap<string, string>): string[] {
  const held = new Map(seen.map(({ entityId, modified }) => [entityId, modified]));
  return [...records].filter(([entityId, modified]) => held.get(entityId) !== modified).map(([entityId]) => entityId);
}

/** That nothing came twice, and everything in the order of the stamps. */
export function assertInOrder({ name, seen }: Follower): void {
  seen.forEach(({ modified }, i) => {
    assert.ok(i === 0 || modified > seen[i - 1]!.modified, `${name}: ${modified} came again or too late`);
  });
}
