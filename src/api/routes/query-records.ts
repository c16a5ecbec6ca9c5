import type { RequestHandler } from 'express';
import { countRecords, readAtOnce } from '../../db/queries/records-query';
import { tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { succeededWithTotal } from '../envelope';
import { readQueryRequest } from '../query-request';
import { queryTimeoutMs, refusingTimeout } from '../query-timeout';
import { readableEntity } from '../readable-entity';
import { readRecordPage } from '../record-page';
import type { Turns } from '../turns';

/** POST /appdata/{Entity}/query (data-model C.2): one page of records, and how many there are in all. */
export function queryEntity({ db }: ApiDeps, turns: Turns): RequestHandler<{ entity: string }> {
  return async (req, res) => {
    const definition = readableEntity(res, req.params.entity);
    const { fields, distinct, withTotal, ...asked } = readQueryRequest(definition, req.body);
    const { tenantId } = tenantOf(res);
    const query = { ...asked, tenantId, entity: definition.name };
    const read = () =>
      readAtOnce(db, queryTimeoutMs, async (trx) => ({
        records: await readRecordPage(trx, query, fields, distinct),
        total: withTotal ? await countRecords(trx, query, distinct ? fields : undefined) : undefined,
      }));
    const { records, total } = await turns.run(tenantId, () => refusingTimeout(read));
    res.json(succeededWithTotal(records, total));
  };
}
