import { Client, Connection } from '@temporalio/client';
import type { Config } from './config';
import { createDataConverter } from './payload-codec';
import type { Tracing } from './tracing';

export interface TemporalConnection {
  client: Client;
  close(): Promise<void>;
}

/** Connects to Temporal with the encrypted payload codec. */
export async function createTemporalClient(
  config: Pick<Config, 'temporal' | 'payloadKey'>,
  tracing?: Tracing,
): Promise<TemporalConnection> {
  const connection = await Connection.connect({ address: config.temporal.address });
  const client = new Client({
    connection,
    namespace: config.temporal.namespace,
    dataConverter: createDataConverter(config.payloadKey),
    plugins: tracing ? [tracing.plugin] : [],
  });
  return { client, close: () => connection.close() };
}
