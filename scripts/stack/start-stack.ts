import { startProcess } from './careway-process';
import { ensureDemoTenant } from './demo-tenant';
import { startInfrastructure, type InfrastructureOptions } from './infrastructure';
import { readStackFile, writeStackFile, type StackFile } from './stack-file';
import { createStopList } from './stop-list';
import { supervise } from './supervise';

export interface Stack {
  addresses: StackFile;
  stop(): Promise<void>;
}

/** The whole service on this machine: infrastructure, demo tenant, workers, API and SFTP server. */
export async function startStack(options: InfrastructureOptions): Promise<Stack> {
  const stops = createStopList(options.report);
  const infrastructure = await startInfrastructure(options);
  stops.add('infrastructure', () => infrastructure.stop());
  try {
    const known = readStackFile(options.dataDir);
    const { sftp, ...demo } = await ensureDemoTenant(infrastructure.databaseUrl, known);
    for (const kind of ['worker-uploads', 'worker-records', 'api', 'sftp'] as const) {
      const supervised = await supervise(kind, () => startProcess(infrastructure, kind), options.report);
      stops.add(kind, () => supervised.stop());
    }
    const apiUrl = `http://127.0.0.1:${infrastructure.apiPort}`;
    const { temporalUiUrl, temporalAddress, databaseUrl, s3Endpoint, bucket, snsEndpoint, topicArn } = infrastructure;
    const addresses: StackFile = {
      apiUrl,
      consoleUrl: `${apiUrl}/console`,
      ...{ temporalUiUrl, temporalAddress, databaseUrl, s3Endpoint, bucket, snsEndpoint, topicArn },
      ...demo,
      sftp: { host: '127.0.0.1', port: infrastructure.sftpPort, ...sftp },
    };
    writeStackFile(options.dataDir, addresses);
    return { addresses, stop: () => stops.stopAll() };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}
