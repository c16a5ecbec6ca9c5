import { parseArgs } from 'node:util';
import { benchBatch } from './batch';
import { benchUpload } from './upload';

const usage = `npm run bench -- upload [--rows 500000] [--repeats 3] [--workers 1] [--no-dlt]
npm run bench -- batch [--batches 40] [--rows 300000]`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      repeats: { type: 'string', default: '3' },
      workers: { type: 'string', default: '1' },
      batches: { type: 'string', default: '40' },
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
    await benchBatch({ batches: Number(values.batches), rows: Number(values.rows ?? 300_000) });
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
