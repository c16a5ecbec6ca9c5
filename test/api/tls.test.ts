import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { get, type RequestOptions } from 'node:https';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/platform/config';
import { openServer } from '../../src/api/open-server';
import { temporaryFolder } from '../../scripts/stack/temporary-folder';
import { useStack, type TestStack } from '../support/stack';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call } from './support/client';

/** A certificate for 127.0.0.1, or undefined where there is no openssl to make one. */
function makeCertificate(): { certFile: string; keyFile: string } | undefined {
  const folder = temporaryFolder('tls');
  const [certFile, keyFile] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-nodes', '-days', '2', ...subject, '-keyout', keyFile, '-out', certFile],
      { stdio: 'ignore' },
    );
    return { certFile, keyFile };
  } catch {
    return undefined;
  }
}

describe('TLS', () => {
  let stack: TestStack;
  let api: ApiUnderTest;

  before(async () => {
    stack = await useStack();
    api = await startApi(stack, { hsts: true });
  });
  after(() => api.stop());

  it('needs certificate and key together', () => {
    const env = { ...stack.env, CAREWAY_TLS_CERT_FILE: '/a' };
    assert.throws(() => loadConfig(env), /CAREWAY_TLS_CERT_FILE and CAREWAY_TLS_KEY_FILE/);
  });

  it('is what browsers are told to stay with, beside the other headers', async () => {
    const { headers } = await call(`${api.url}/health`, {});
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000; includeSubDomains');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(headers.get('x-powered-by'), null);
  });

  it('is spoken with the certificate that is given, from version 1.2 on', async function () {
    const files = makeCertificate();
    if (!files) return this.skip();
    const server = openServer(files, (_req, res) => res.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const ask = (options: RequestOptions): Promise<string> =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, ca: readFileSync(files.certFile), ...options }, (answer) => {
          answer.on('data', (piece: Buffer) => resolve(piece.toString()));
        }).on('error', reject);
      });
    try {
      assert.equal(await ask({}), 'hello');
      await assert.rejects(ask({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
