import { readdirSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkerOptions } from '@temporalio/worker';
import type { Tracing } from '../platform/tracing';
import { failureConverterPath } from '../platform/payload-codec';

const workflowsPath = require.resolve('../workflows');
const codePath = path.join(__dirname, '../../workflow-bundle.js');
/** What workflows may import (eslint.config.mjs), and the failure converter that is bundled with them. */
const rooms = ['workflows', 'contracts', 'domain', 'platform'];

/** Writes the workflow bundle once, so that a worker starts without webpack: seconds earlier, with less memory. */
export async function writeWorkflowBundle(): Promise<void> {
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger });
  await writeFile(`${codePath}.part`, code);
  await rename(`${codePath}.part`, codePath);
}

/**
 * Where a worker takes its workflows from: the bundle, unless a part of it has been compiled since, or tracing puts its
 * interceptors among them.
 */
export function workflowCode(tracing: Tracing | undefined): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  return !tracing && isFresh() ? { workflowBundle: { codePath } } : { workflowsPath };
}

function isFresh(): boolean {
  const made = statSync(codePath, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && rooms.every((room) => newestIn(path.join(__dirname, '..', room)) <= made);
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  return Math.max(...files.map((name) => statSync(path.join(folder, name)).mtimeMs));
}
