import type { JsonBatch } from './parse-batch';
import { countBatchRows } from './rows';

/**
 * Some rows of a batch as a batch of their own, to be mended and sent again: the same header, a total that fits, and a
 * new InstanceId, because the old one stands for the old content.
 */
export function batchOfRows(batch: JsonBatch, keeps: (rowNo: number) => boolean, instanceId: string): object {
  const data = batch.data.filter((_, i) => keeps(i + 1));
  const deletes = batch.deletes.filter((_, i) => keeps(batch.data.length + i + 1));
  const replaced = new Set(['data', 'delete', 'footer', 'instanceid']);
  const rest = Object.entries(batch.source).filter(([key]) => !replaced.has(key.toLowerCase()));
  return {
    ImportData: {
      ...Object.fromEntries(rest),
      data,
      delete: deletes,
      footer: { total: countBatchRows({ data, deletes }) },
      InstanceId: instanceId,
    },
  };
}
