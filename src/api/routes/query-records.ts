import type { RequestHandler } from 'express';
import { countRecords, readAtOnce } from '../../db/queries/records-query';
import { tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { succeededWithTotal } from '../envelope';
import { readQueryRequest } from '../query-request';
import { queryTimeoutMs, refusingTimeout } from '../query-timeout';
import { readableEntity } from '../readable-entity';
import { readRecordPage } from '../record-page';

/** POST /appdata/{Entity}/query (data-model C.2): one page of records, and how many there are in all. */
export function queryEntity({ db }: ApiDeps): RequestHandler<{ entity: string }> {
  return async (req, res) => {
    const definition = readableEntity(res, req.params.entity);
    const { fields, distinct, withTotal, ...asked } = readQueryRequest(definition, req.body);
    const query = { ...asked, tenantId: tenantOf(res).tenantId, entity: definition.name };
    const { records, total } = await refusingTimeout(() =>
      readAtOnce(db, queryTimeoutMs, async (trx) => ({
        records: await readRecordPage(trx, query, fields, distinct),
        total: withTotal ? await countRecords(trx, query, distinct ? fields : undefined) : undefined,
      })),
    );
    res.json(succeededWithTotal(records, total));
  };
}
