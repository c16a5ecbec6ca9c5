import assert from 'node:assert/strict';
import { isRecord } from '../../src/db/queries/tenant-join';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

/** Rows of one page, as the commit joins them. */
const page = `(SELECT 'F-' || row_no AS entity_id, row_number() OVER (ORDER BY row_no) AS place
               FROM generate_series(1, 70) AS row_no) p`;

describe('records joined with a page of rows', function () {
  this.timeout(60_000);
  let stack: TestStack;

  before(async () => {
    stack = await useStack();
  });

  /** How an UPDATE finds the records of a tenant that came after the statistics were taken. */
  async function planOf(condition: string): Promise<string> {
    const [known, unknown] = [await freshTenant(stack), await freshTenant(stack)];
    const trx = await stack.db.transaction();
    try {
      const insert = `INSERT INTO records (tenant_id, entity, entity_id, id, document, content_hash, disabled, modified, upload_seq)
        SELECT ?, 'family', 'F-' || n, n, '{}', '\\x00', false, now() + n * interval '1 microsecond', 1
        FROM generate_series(1, 20000) AS n`;
      await trx.raw(insert, [known.tenantId]);
      await trx.raw('ANALYZE records_family');
      await trx.raw(insert, [unknown.tenantId]);
      const { rows } = await trx.raw(`EXPLAIN UPDATE records r SET disabled = true FROM ${page} WHERE ${condition}`, {
        tenantId: unknown.tenantId,
        entity: 'family',
      });
      return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
    } finally {
      await trx.rollback();
    }
  }

  /** Not looked up by their keys because there is to be none: read once for every row, when the planner puts that in a loop. */
  const takenForEmpty = /records_family r_1 +\(cost=\S+ rows=1 .*\n(?!.*entity_id =)/;

  it('are expected where statistics do not know the tenant', async () => {
    const plan = await planOf(isRecord('p.entity_id'));
    assert.doesNotMatch(plan, takenForEmpty, plan);
  });

  it('would not be if the tenant were named', async () => {
    const plan = await planOf(`r.tenant_id = :tenantId AND r.entity = :entity AND r.entity_id = p.entity_id`);
    assert.match(plan, takenForEmpty, plan);
  });
});
