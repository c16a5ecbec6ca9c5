import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { awsCredentials } from './aws-resources';
import { startReady, type Child } from './child';
import type { Component } from './components';
import { repoRoot } from './paths';

export interface MinistackOptions {
  program: Extract<Component, { kind: 'program' }>;
  dataDir: string;
  logDir: string;
  port: number;
  onStart: (child: Child) => void;
}

/** Starts the S3 and SNS emulator. Objects are kept as they are written; topics and subscriptions at an orderly stop. */
export async function startMinistack(options: MinistackOptions): Promise<Child> {
  const folder = path.join(options.dataDir, 'aws');
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const env = {
    ...process.env,
    // It checks the signature of a signed URL against these.
    ...awsCredentials(),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(options.port),
    SERVICES: 's3,sns,sqs',
    S3_PERSIST: '1',
    S3_DATA_DIR: path.join(folder, 's3'),
    PERSIST_STATE: '1',
    STATE_DIR: path.join(folder, 'state'),
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
    TMPDIR: temporary,
  };
  const args = [path.join(repoRoot, 'tools/ministack/serve.py')];
  const spec = { name: 'ministack', command: options.program.path, args, env, logDir: options.logDir, cwd: folder };
  const health = `http://127.0.0.1:${options.port}/_ministack/health`;
  return startReady(spec, options.onStart, async () => (await fetch(health)).ok);
}
