import { acceptWithoutWorkflow } from './accept-without-workflow';
import type { CalledActivities } from './activities';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';
import { fileOf, wholeSet } from './upload-world';

export interface StagedUpload {
  uploadId: string;
  uploadSeq: string;
  /** Stages the rows again, those that a crash has taken. */
  stage(): Promise<void>;
}

/** An upload of the whole set that has its turn and its rows staged; no workflow runs, the test goes on from here. */
export async function stagedUpload(
  stack: TestStack,
  activities: CalledActivities,
  tenant: TestTenant,
): Promise<StagedUpload> {
  const files = Object.entries(wholeSet).map(([entity, rows]) => [`${entity}.cc5txt`, fileOf(tenant, entity, rows)]);
  const { uploadId, uploadSeq } = await acceptWithoutWorkflow(stack, tenant, Object.fromEntries(files));
  const ref = { uploadId };
  const { fileNos } = await activities.run('beginUpload', ref);
  for (const fileNo of fileNos) await activities.run('fetchFile', { ...ref, fileNo });
  const stage = async (): Promise<void> => {
    for (const entity of Object.keys(wholeSet)) await activities.run('stageChunk', { ...ref, entity, index: 0 });
  };
  await stage();
  await activities.run('requestTurn', ref);
  return { uploadId, uploadSeq, stage };
}
