import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities } from '../../src/activities';
import { createLogger } from '../../src/platform/logger';
import { createSns } from '../../src/platform/sns';
import { createTemporalClient } from '../../src/platform/temporal-client';
import type { TestStack } from './stack';

export type ActivityName = keyof Activities;
type Input<Name extends ActivityName> = Parameters<Activities[Name]>[0];
type Result<Name extends ActivityName> = Awaited<ReturnType<Activities[Name]>>;

/** Activities on the real parts, called by a test where a worker would call them. */
export interface CalledActivities {
  /** Runs one once. */
  run<Name extends ActivityName>(name: Name, input: Input<Name>): Promise<Result<Name>>;
  /** Runs one two times over; both must give the same, and the second must leave everything as it is. */
  twice<Name extends ActivityName>(name: Name, input: Input<Name>): Promise<Result<Name>>;
  /** Names of those that `twice` has not run, of all that a pattern fits. */
  notRunTwice(pattern: RegExp): string[];
  close(): Promise<void>;
}

/** @param everything what `twice` compares: all that an activity could change */
export async function callActivities(
  stack: TestStack,
  everything: () => Promise<unknown> = async () => undefined,
): Promise<CalledActivities> {
  const temporal = await createTemporalClient(stack.config);
  const sns = createSns(stack.config.aws);
  const activities = createActivities({
    db: stack.db,
    s3: stack.s3,
    sns,
    temporal: temporal.client,
    logger: createLogger({ level: 'silent', name: 'test' }),
    config: stack.config,
  });
  const ran = new Set<string>();

  async function run<Name extends ActivityName>(name: Name, input: Input<Name>): Promise<Result<Name>> {
    const activity = activities[name] as (argument: unknown) => Promise<Result<Name>>;
    return (await new MockActivityEnvironment().run(activity, input)) as Result<Name>;
  }

  async function twice<Name extends ActivityName>(name: Name, input: Input<Name>): Promise<Result<Name>> {
    const first = (await run(name, input)) as Result<Name>;
    const left = await everything();
    assert.deepEqual(await run(name, input), first, `${name} answers something else`);
    assert.deepEqual(await everything(), left, `${name} changes something`);
    ran.add(name);
    return first;
  }

  return {
    run,
    twice,
    notRunTwice: (pattern) => Object.keys(activities).filter((name) => pattern.test(name) && !ran.has(name)),
    async close() {
      sns.destroy();
      await temporal.close();
    },
  };
}
