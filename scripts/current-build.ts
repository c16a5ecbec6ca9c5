import { loadConfig } from '../src/platform/config';
import { createTemporalClient } from '../src/platform/temporal-client';
import { listBuilds, setCurrentBuild } from '../src/platform/worker-deployment';

/*
 * `node dist/scripts/current-build.js [build | --unversioned]`: lets new uploads start on the workers of a build; without
 * an argument it only says which builds there are and whether old uploads still run on them. It takes the environment of
 * the service.
 */
async function currentBuild(wanted: string | undefined): Promise<void> {
  const { client, close } = await createTemporalClient(loadConfig());
  try {
    if (wanted) await setCurrentBuild(client, wanted === '--unversioned' ? null : wanted);
    const builds = await listBuilds(client);
    for (const { buildId, status } of builds) console.log(`${buildId}  ${status}`);
    if (!builds.some(({ status }) => status === 'CURRENT')) console.log('(unversioned)  CURRENT');
  } finally {
    await close();
  }
}

currentBuild(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
