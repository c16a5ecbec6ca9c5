import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import * as workflows from '../../src/workflows';
import { createDataConverter } from '../../src/platform/payload-codec';
import { replayPayloadKey } from './payload-key';

interface RecordedHistory {
  events: Record<string, { activityType?: { name: string }; workflowType?: { name: string } }>[];
}

const folder = path.join(process.cwd(), 'test/replay/histories');
const recordings = readdirSync(folder).filter((file) => file.endsWith('.json'));

function load(file: string): RecordedHistory {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as RecordedHistory;
}

function workflowTypeOf({ events }: RecordedHistory): string | undefined {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;
}

describe('recorded histories', () => {
  let bundle: WorkflowBundleWithSourceMap;

  before(async function () {
    this.timeout(60_000);
    // The recording that must fail would fill the report with what is wrong with it.
    const logger = new DefaultLogger('ERROR');
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
    bundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../../src/workflows'), logger });
  });

  async function replay(history: RecordedHistory): Promise<void> {
    const dataConverter = createDataConverter(replayPayloadKey);
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter }, history);
  }

  it('are there for every workflow', () => {
    const recorded = new Set(recordings.map((file) => workflowTypeOf(load(file))));
    const exported = Object.keys(workflows).filter((name) => name.endsWith('Workflow'));
    assert.deepEqual(
      exported.filter((name) => !recorded.has(name)),
      [],
    );
  });

  for (const file of recordings) {
    it(`replay: ${file}`, () => replay(load(file)));
  }

  it('would show a workflow that has changed', async () => {
    const history = load('upload-completed.json');
    for (const event of history.events) {
      const attributes = event.activityTaskScheduledEventAttributes;
      if (attributes?.activityType?.name === 'planUpload') attributes.activityType.name = 'anotherStep';
    }
    await assert.rejects(replay(history), DeterminismViolationError);
  });
});
