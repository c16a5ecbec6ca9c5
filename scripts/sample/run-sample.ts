import type { StackFile } from '../stack/stack-file';
import { waitFor } from '../stack/wait';
import { compareDay, tally } from './compare-day';
import { listenForEvents, type EventListener } from './event-listener';
import { onRepeat, readExpectedDay, type DayName, type ExpectedDay } from './expected-day';
import { formatOutcomes } from './format-outcomes';
import { accessHeaders, UploadClient } from './upload-client';
import { uploadDay } from './upload-day';

interface Step {
  title: string;
  day: DayName;
  /** Undefined: what it comes to depends on what the tenant held. */
  expected?: ExpectedDay;
  changesRecords: boolean;
}

/**
 * Sends the sample files as an integrator would and checks what became of every row.
 * @returns the number of differences.
 */
export async function runSample(addresses: StackFile): Promise<number> {
  const headers = accessHeaders(addresses, addresses.integratorKey);
  const client = new UploadClient(addresses.apiUrl, { headers });
  const listener = await listenForEvents(addresses);
  let differences = 0;
  try {
    for (const step of await planSteps(client)) differences += await runStep(client, listener, step);
  } finally {
    await listener.close();
  }
  console.log(differences === 0 ? '\nAll as expected.' : `\n${differences} differences.`);
  return differences;
}

/** What the two days come to is known for an empty tenant. After that, day 2 sent twice must change nothing. */
async function planSteps(client: UploadClient): Promise<Step[]> {
  const [day1, day2] = [readExpectedDay('day1'), readExpectedDay('day2')];
  if (!(await client.hasUploads())) {
    return [
      { title: 'Day 1, into an empty tenant', day: 'day1', expected: day1, changesRecords: true },
      { title: 'Day 2', day: 'day2', expected: day2, changesRecords: true },
    ];
  }
  console.log('\nThe demo tenant holds records of an earlier run: day 2 is sent, and sent again it must change nothing.');
  console.log('(`npm start -- --once` compares both days from an empty tenant.)');
  return [
    { title: 'Day 2, over whatever there is', day: 'day2', changesRecords: false },
    { title: 'Day 2 again', day: 'day2', expected: onRepeat(day2), changesRecords: false },
  ];
}

async function runStep(client: UploadClient, listener: EventListener, step: Step): Promise<number> {
  console.log(`\n${step.title}`);
  const entities = Object.keys(readExpectedDay(step.day));
  const result = await uploadDay(client, step.day, entities);
  console.log(`${formatOutcomes(tally(result.rows))}\n  ${result.rows.length} rows in ${result.seconds.toFixed(1)} s`);

  const wanted = ['upload.accepted', 'upload.completed', ...(step.changesRecords ? ['records.changed'] : [])];
  const missing = await missingEvents(listener, result.uploadId, wanted);
  for (const event of listener.events.filter(({ uploadId }) => uploadId === result.uploadId)) {
    console.log(`  event ${event.eventType.padEnd(16)} ${event.eventId} ${event.entity ?? ''}`.trimEnd());
  }
  const lines = [
    ...(step.expected ? compareDay(result.rows, step.expected) : []),
    ...missing.map((type) => `no ${type} event came`),
  ];
  for (const line of lines.slice(0, 50)) console.log(`  DIFFERENT ${line}`);
  if (lines.length > 50) console.log(`  and ${lines.length - 50} more`);
  return lines.length;
}

/** Events follow the end of the upload by a moment. */
async function missingEvents(listener: EventListener, uploadId: string, wanted: string[]): Promise<string[]> {
  const missing = (): string[] =>
    wanted.filter((type) => !listener.events.some((event) => event.uploadId === uploadId && event.eventType === type));
  await waitFor('events', async () => missing().length === 0, { timeoutMs: 15_000 }).catch(() => undefined);
  return missing();
}
