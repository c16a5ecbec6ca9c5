import { parseArgs } from 'node:util';
import { benchBatch } from './batch';
import { benchDownload } from './download';
import { benchPatients } from './patients';
import { benchRequests } from './requests';
import { benchUpload } from './upload';

const usage = `npm run bench -- upload [--rows 500000] [--repeats 3] [--workers 1] [--no-dlt]
npm run bench -- batch [--batches 40] [--rows 500000]
npm run bench -- requests [--requests 100000] [--seconds 60]
npm run bench -- patients [--rows 100000] [--repeats 3] [--stored 0] [--no-dlt]
npm run bench -- download [--rows 1000000] [--few 10000] [--pages 200]`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      repeats: { type: 'string', default: '3' },
      workers: { type: 'string', default: '1' },
      stored: { type: 'string', default: '0' },
      requests: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '60' },
      batches: { type: 'string', default: '40' },
      few: { type: 'string', default: '10000' },
      pages: { type: 'string', default: '200' },
      'no-dlt': { type: 'boolean', default: false },
    },
  });
  const [subject] = positionals;
  if (subject === 'upload') {
    await benchUpload({
      rows: Number(values.rows ?? 500_000),
      repeats: Number(values.repeats),
      workers: Number(values.workers),
      dlt: !values['no-dlt'],
    });
  } else if (subject === 'batch') {
    await benchBatch({ batches: Number(values.batches), rows: Number(values.rows ?? 500_000) });
  } else if (subject === 'requests') {
    await benchRequests({ requests: Number(values.requests), seconds: Number(values.seconds) });
  } else if (subject === 'patients') {
    await benchPatients({
      rows: Number(values.rows ?? 100_000),
      repeats: Number(values.repeats),
      stored: Number(values.stored),
      dlt: !values['no-dlt'],
    });
  } else if (subject === 'download') {
    const { few, pages } = values;
    await benchDownload({ rows: Number(values.rows ?? 1_000_000), few: Number(few), pages: Number(pages) });
  } else {
    console.log(usage);
    process.exitCode = 2;
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  },
);
