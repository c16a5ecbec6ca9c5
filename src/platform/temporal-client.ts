import { Client, Connection } from '@temporalio/client';
import type { Config } from './config';
import { createDataConverter } from './payload-codec';

export interface TemporalConnection {
  client: Client;
  close(): Promise<void>;
}

/** Connects to Temporal with the encrypted payload codec. */
export async function createTemporalClient(config: Config): Promise<TemporalConnection> {
  const connection = await Connection.connect({ address: config.temporal.address });
  const client = new Client({
    connection,
    namespace: config.temporal.namespace,
    dataConverter: createDataConverter(config.payloadKey),
  });
  return { client, close: () => connection.close() };
}
