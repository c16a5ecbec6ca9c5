import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { createPayloadCodec } from '../../src/platform/payload-codec';

/** All of a history as text: every run of bytes, and every payload with the key. */
export async function historyText(
  client: Client,
  payloadKey: string,
  execution: { workflowId: string; runId: string },
): Promise<string> {
  const codec = createPayloadCodec(payloadKey);
  const history = await client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
  const parts: string[] = [];
  const visit = async (value: unknown): Promise<void> => {
    if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('utf8'));
    else if (typeof value === 'string') parts.push(value);
    else if (typeof value === 'object' && value !== null) {
      if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) {
        const [decoded] = await codec.decode([value as Payload]);
        parts.push(Buffer.from(decoded?.data ?? []).toString('utf8'));
      }
      for (const inner of Object.values(value)) await visit(inner);
    }
  };
  await visit(history.events);
  return parts.join('\n');
}
