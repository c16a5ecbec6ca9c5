import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { beginPlanAttempt, inPlanAttempt, markPlanned } from '../../src/db/queries/plan-attempt';
import { callActivities, type CalledActivities } from '../support/activities';
import { useStack, type TestStack } from '../support/stack';
import { stagedUpload } from '../support/staged-upload';
import { freshTenant } from '../support/tenants';
import { wholeSet } from '../support/upload-world';

describe('attempts to plan an upload', () => {
  let stack: TestStack;
  let activities: CalledActivities;

  before(async () => {
    stack = await useStack();
    activities = await callActivities(stack);
  });

  after(() => activities.close());

  it('wait for what an earlier one has under way, and stop it there', async () => {
    const { db } = stack;
    const { uploadId, uploadSeq } = await stagedUpload(stack, activities, await freshTenant(stack));
    const earlier = await beginPlanAttempt(db, uploadSeq);
    const order: string[] = [];
    const underWay = inPlanAttempt(db, earlier, async () => {
      await pause(300);
      order.push('earlier');
    });
    await pause(100);
    const latest = beginPlanAttempt(db, uploadSeq).then(() => order.push('latest'));
    await Promise.all([underWay, latest]);
    assert.deepEqual(order, ['earlier', 'latest']);
    const superseded = /another attempt to plan it has begun/;
    await assert.rejects(
      inPlanAttempt(db, earlier, async () => order.push('again')),
      superseded,
    );
    await assert.rejects(markPlanned(db, earlier, {}), superseded);
    await activities.run('endUpload', { uploadId, status: 'cancelled' });
  });

  it('stop when the upload is ended', async () => {
    const { uploadId, uploadSeq } = await stagedUpload(stack, activities, await freshTenant(stack));
    const attempt = await beginPlanAttempt(stack.db, uploadSeq);
    await activities.run('endUpload', { uploadId, status: 'cancelled' });
    await assert.rejects(
      inPlanAttempt(stack.db, attempt, async () => undefined),
      /it was ended/,
    );
    await assert.rejects(markPlanned(stack.db, attempt, {}), /it was ended/);
  });

  it('at once give every row one outcome', async () => {
    for (const delayMs of [0, 5, 20, 60]) {
      const { uploadId, uploadSeq } = await stagedUpload(stack, activities, await freshTenant(stack));
      const ref = { uploadId };
      const first = activities.run('planUpload', ref);
      const ended = await Promise.allSettled([first, pause(delayMs).then(() => activities.run('planUpload', ref))]);
      const done = ended.filter((each) => each.status === 'fulfilled').map(({ value }) => value.status);
      assert.ok(done.length > 0 && done.every((status) => status === 'done'), `${done}`);
      const ledger = await stack.db('upload_rows').where({ upload_seq: uploadSeq }).orderBy(['entity', 'row_no']);
      assert.deepEqual(
        ledger.map(({ entity, outcome, problems }) => [entity, outcome, problems]),
        Object.keys(wholeSet)
          .sort()
          .flatMap((entity) => wholeSet[entity as keyof typeof wholeSet].map(() => [entity, 'created', null])),
      );
      assert.deepEqual(await activities.run('commitUpload', ref), { status: 'done' });
      assert.deepEqual(await activities.run('settleUpload', ref), { status: 'done' });
      await activities.run('endUpload', { ...ref, status: 'completed' });
    }
  });
});
