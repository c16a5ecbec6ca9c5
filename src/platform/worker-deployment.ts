import { isGrpcServiceError, type Client, type Connection } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';

/** All workers of the service are one deployment; its versions are their builds. */
export const deploymentName = 'careway';

/**
 * How a worker of a build takes its work: a run stays on the build it was started on, to its end, together with its
 * children and activities. Without a build id workers are not versioned and take whatever comes.
 */
export function versioningOptions(buildId: string | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (!buildId) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

/**
 * Lets new runs start on a build. Its workers have to be up: Temporal refuses a build that does not serve every task
 * queue the current one serves. Null gives new runs to unversioned workers.
 */
export async function setCurrentBuild({ connection, options }: Client, buildId: string | null): Promise<void> {
  const { workflowService } = connection as Connection;
  await workflowService.setWorkerDeploymentCurrentVersion({
    namespace: options.namespace,
    deploymentName,
    buildId: buildId ?? '',
    identity: 'careway',
  });
}

export interface BuildStatus {
  buildId: string;
  /** `CURRENT`, `DRAINING` (old runs are under way), `DRAINED` (its workers may go), `INACTIVE`. */
  status: string;
}

/** gRPC's NOT_FOUND. */
const notFound = 5;

/** The builds that the deployment knows, the newest first; none before the first worker with a build id has come. */
export async function listBuilds({ connection, options }: Client): Promise<BuildStatus[]> {
  const { workflowService } = connection as Connection;
  const { workerDeploymentInfo } = await workflowService
    .describeWorkerDeployment({ namespace: options.namespace, deploymentName })
    .catch((error: unknown) => {
      if (isGrpcServiceError(error) && Number(error.code) === notFound) return { workerDeploymentInfo: null };
      throw error;
    });
  return (workerDeploymentInfo?.versionSummaries ?? []).map(({ deploymentVersion, status }) => ({
    buildId: deploymentVersion?.buildId ?? '',
    status: versionStatuses[Number(status)] ?? 'UNKNOWN',
  }));
}

/** As numbered by the API. */
const versionStatuses = ['UNKNOWN', 'INACTIVE', 'CURRENT', 'RAMPING', 'DRAINING', 'DRAINED'];
