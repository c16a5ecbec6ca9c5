import assert from 'node:assert/strict';
import { addressesOf, isLoopbackAddress, isPublicAddress } from '../../src/platform/public-endpoint';

describe('a public address', () => {
  for (const address of ['8.8.8.8', '172.32.0.1', '192.0.3.1', '2606:4700:4700::1111', '2a00:1450::1']) {
    it(`is ${address}`, () => assert.equal(isPublicAddress(address), true));
  }
  for (const address of [
    '0.0.0.0',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'localhost',
    '',
  ]) {
    it(`is not ${address || 'an empty text'}`, () => assert.equal(isPublicAddress(address), false));
  }

  it('is looked up by name, and none is found of a name that is none', async () => {
    assert.ok((await addressesOf('localhost')).every(isLoopbackAddress));
    assert.deepEqual(await addressesOf('[::1]'), ['::1']);
    assert.deepEqual(await addressesOf('nowhere.invalid'), []);
  });
});
