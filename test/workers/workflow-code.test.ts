import assert from 'node:assert/strict';
import { statSync, utimesSync } from 'node:fs';
import { workflowCode, writeWorkflowBundle } from '../../src/workers/workflow-code';

describe('the code of workflows', () => {
  it('is the bundle of the build, and the sources when the bundle is older than they are', async () => {
    await writeWorkflowBundle();
    const { workflowBundle } = workflowCode(undefined);
    assert.ok(workflowBundle && 'codePath' in workflowBundle);
    const { atime, mtime } = statSync(workflowBundle.codePath);
    utimesSync(workflowBundle.codePath, atime, new Date(0));
    try {
      assert.ok(workflowCode(undefined).workflowsPath);
    } finally {
      utimesSync(workflowBundle.codePath, atime, mtime);
    }
  });
});
