import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { pickPort } from '../../src/platform/free-port';

describe('port picking', () => {
  it('gives another port when the preferred one is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const picked = await pickPort(port);
      assert.notEqual(picked, port);
      assert.ok(picked > 0);
    } finally {
      server.close();
    }
  });

  it('gives the preferred port once, also before anyone listens on it', async () => {
    const preferred = await pickPort(0);
    assert.notEqual(await pickPort(preferred), preferred);
  });
});
