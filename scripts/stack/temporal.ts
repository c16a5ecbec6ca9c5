import path from 'node:path';
import { Connection } from '@temporalio/client';
import { startReady, type Child } from './child';
import { searchAttributeTypes } from '../../src/contracts/search-attributes';
import type { Component } from './components';
import { waitFor } from './wait';

export interface TemporalOptions {
  program: Extract<Component, { kind: 'program' }>;
  dataDir: string;
  logDir: string;
  port: number;
  uiPort: number;
  onStart: (child: Child) => void;
}

const namespace = process.env.CAREWAY_TEMPORAL_NAMESPACE ?? 'default';

/** Starts the Temporal development server with its state in a file. */
export async function startTemporal(options: TemporalOptions): Promise<Child> {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'];
  args.push('--port', String(options.port), '--ui-port', String(options.uiPort));
  args.push('--namespace', namespace, '--db-filename', path.join(options.dataDir, 'temporal.db'));
  // A short activity starts in the answer to its workflow task instead of by another poll.
  args.push('--dynamic-config-value', 'system.enableActivityEagerExecution=true');
  // Tasks of the same priority are given out tenant by tenant.
  args.push('--dynamic-config-value', 'matching.enableFairness=true');
  // In one part, which is plenty for one machine: in four, what waits in one is passed by what is taken from another.
  args.push('--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1');
  args.push('--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1');
  for (const [name, type] of Object.entries(searchAttributeTypes)) args.push('--search-attribute', `${name}=${type}`);
  const spec = { name: 'temporal', command: options.program.path, args, env: process.env, logDir: options.logDir };
  return startReady(spec, options.onStart, () => hasNamespace(`127.0.0.1:${options.port}`));
}

/** Waits until a server that is not ours answers and has its namespace. */
export async function waitForTemporal(address: string): Promise<void> {
  await waitFor(`Temporal at ${address}`, () => hasNamespace(address), { timeoutMs: 30_000, everyMs: 200 });
}

async function hasNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } finally {
    await connection.close();
  }
}
