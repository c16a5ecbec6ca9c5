export { maxBatchBytes, maxBatchRecords } from './limits';
export { batchOfRows } from './mended-batch';
export { checkBatch, parseBatch, readBatch, type JsonBatch } from './parse-batch';
export { countBatchRows, prepareBatchRows } from './rows';
