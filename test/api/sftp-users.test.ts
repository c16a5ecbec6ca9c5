import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, type Answer } from './support/client';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPBVXEtUZPHXmHTPKeLvJcyGB4O+j6VbCRLYjjgUMlCV';

describe('SFTP users', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async () => {
    stack = await useStack();
    tenant = await freshTenant(stack);
    api = await startApi(stack);
  });
  after(() => api?.stop());

  const ops = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(`${api.url}/v1/${path}`, { 'x-api-key': tenant.opsKey }, method, body);
  const make = (body: object = {}): Promise<Answer> => {
    const { workspaceId, bucketId } = tenant;
    return ops('POST', 'sftp-users', { workspaceId, bucketId, username: `u${randomUUID()}`, ...body });
  };
  const kept = async (username: string): Promise<Record<string, unknown>> =>
    stack.db('sftp_users').where({ username }).first();

  it('get a password that is told once and kept as a hash', async () => {
    const made = await make();
    assert.equal(made.status, 201, made.text);
    const { username, password } = made.body;
    assert.ok(password.length >= 32);
    assert.deepEqual([made.body.hasPassword, made.body.uploads, made.body.publicKeyFingerprint], [true, false, null]);
    assert.match(String((await kept(username)).password_hash), /^scrypt\$/);
    const listed = await ops('GET', 'sftp-users?limit=1000');
    assert.ok(listed.body.sftpUsers.some((each: { username: string }) => each.username === username));
    assert.ok(!listed.text.includes(password) && !/scrypt|ssh-ed25519/.test(listed.text));
  });

  it('take a key without its comment, and a password of their own', async () => {
    const byKey = await make({ publicKey: `${key} ana@clinic`, uploads: true });
    assert.deepEqual([byKey.status, byKey.body.hasPassword, byKey.body.uploads], [201, false, true], byKey.text);
    assert.match(byKey.body.publicKeyFingerprint, /^SHA256:/);
    assert.equal(byKey.body.password, undefined);
    assert.equal((await kept(byKey.body.username)).public_key, key);
    const own = await make({ password: 'correct horse battery' });
    assert.deepEqual([own.status, own.body.password, own.text.includes('correct')], [201, undefined, false]);
  });

  for (const [what, body, field] of [
    ['a name with a slash', { username: 'a/../b' }, 'username'],
    ['a name in capitals', { username: 'Clinic' }, 'username'],
    ['a short password', { password: 'short' }, 'password'],
    ['a key that is none', { publicKey: 'ssh-rsa x' }, 'publicKey'],
    ['a field that is not known', { shell: '/bin/sh' }, 'shell'],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const answer = await make(body);
      assert.deepEqual([answer.status, answer.body.error.field], [400, field], answer.text);
    });
  }

  it('have names that are given once, also after the end', async () => {
    const { username } = (await make()).body;
    assert.deepEqual(
      [(await make({ username })).status, (await make({ username })).body.error.code],
      [409, 'SFTP_USER_EXISTS'],
    );
    const revoked = await ops('POST', `sftp-users/${username}/revoke`);
    assert.equal(revoked.status, 200);
    const again = await ops('POST', `sftp-users/${username}/revoke`);
    assert.equal(again.body.revokedAt, revoked.body.revokedAt);
    assert.equal((await make({ username })).status, 409);
    const rotated = await ops('POST', `sftp-users/${username}/rotate`, {});
    assert.deepEqual([rotated.status, rotated.body.error.code], [409, 'SFTP_USER_ENDED']);
    assert.equal((await ops('POST', 'sftp-users/nobody/revoke')).status, 404);
    assert.equal((await make({ workspaceId: 'none' })).status, 404);
  });

  it('get other credentials in place of all they had', async () => {
    const { username, password } = (await make()).body;
    const rotated = await ops('POST', `sftp-users/${username}/rotate`, { publicKey: key });
    assert.deepEqual([rotated.status, rotated.body.hasPassword], [201, false], rotated.text);
    const back = await ops('POST', `sftp-users/${username}/rotate`);
    assert.equal(back.body.publicKeyFingerprint, null);
    assert.notEqual(back.body.password, password);
    assert.equal((await kept(username)).credential_no, 3);
  });

  it('stand in the audit log, without a secret', async () => {
    const { username, password } = (await make()).body;
    await ops('POST', `sftp-users/${username}/revoke`);
    const page = await ops('GET', 'audit?limit=2');
    const [revoked, created] = page.body.entries;
    assert.deepEqual([revoked.action, created.action], ['sftp-user.revoked', 'sftp-user.created']);
    assert.deepEqual(created.details, { username, uploads: false, password: true, publicKey: false });
    assert.equal(created.workspaceId, tenant.workspaceId);
    assert.ok(!page.text.includes(password));
  });

  it('are listed page by page', async () => {
    const names: string[] = [];
    let cursor: string | null = '';
    do {
      const page: Answer = await ops('GET', `sftp-users?limit=3&cursor=${cursor}`);
      names.push(...page.body.sftpUsers.map((each: { username: string }) => each.username));
      cursor = page.body.nextCursor;
    } while (cursor);
    assert.ok(names.length > 4);
    assert.equal(new Set(names).size, names.length);
  });
});
