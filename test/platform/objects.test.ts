import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { copyObject, deleteVersion } from '../../src/platform/change-objects';
import { headObject, listObjects, ObjectChanged, type Store } from '../../src/platform/read-objects';
import { useStack } from '../support/stack';

describe('the objects of the store', () => {
  let store: Store;
  let prefix: string;

  before(async () => {
    const { s3, bucket } = await useStack();
    store = { s3, bucket };
  });

  beforeEach(() => {
    prefix = `inbox/${randomUUID()}/`;
  });

  async function put(name: string, body: string | Uint8Array) {
    const key = prefix + name;
    const Body = Buffer.from(body);
    const { ETag: etag } = await store.s3.send(new PutObjectCommand({ Bucket: store.bucket, Key: key, Body }));
    return { key, etag: etag!, sizeBytes: Body.length, lastModified: new Date() };
  }

  it('lists more objects than fit a page, and names of any kind', async () => {
    const names = Array.from({ length: 1_020 }, (_, i) => `${i}.cc5txt`);
    names.push('größe 1+2.cc5txt', '100%25.cc5txt', 'a&b<c>.cc5txt');
    for (let i = 0; i < names.length; i += 30) {
      await Promise.all(names.slice(i, i + 30).map((name) => put(name, 'x')));
    }
    const listed = await listObjects(store, prefix);
    assert.deepEqual(listed.map(({ key }) => key.slice(prefix.length)).sort(), [...names].sort());
  });

  it('copies large objects in parts', async () => {
    const mebibyte = 1024 ** 2;
    const bytes = Buffer.alloc(11 * mebibyte + 7, 'careway');
    const from = await put('large +ü.cc5txt', bytes);
    const to = `${prefix}copy`;
    await copyObject(store, from, to, { oneCallBytes: mebibyte, partBytes: 5 * mebibyte });
    const copy = await store.s3.send(new GetObjectCommand({ Bucket: store.bucket, Key: to }));
    assert.ok(Buffer.from(await copy.Body!.transformToByteArray()).equals(bytes));
    const changed = copyObject(store, { ...from, etag: '"0"' }, to, { oneCallBytes: 1, partBytes: 5 * mebibyte });
    await assert.rejects(changed, ObjectChanged);
  });

  it('neither copies nor removes another version than the one that is meant', async () => {
    const first = await put('f', 'first');
    await put('f', 'second');
    await assert.rejects(copyObject(store, first, `${prefix}copy`), ObjectChanged);
    await deleteVersion(store, first);
    const second = await headObject({ ...store, key: first.key });
    assert.ok(second);
    // The same bytes, dropped at another time.
    const earlier = new Date(second.lastModified.getTime() - 1_000);
    await deleteVersion(store, { ...first, ...second, lastModified: earlier });
    assert.ok(await headObject({ ...store, key: first.key }));
    await deleteVersion(store, { ...first, ...second });
    assert.equal(await headObject({ ...store, key: first.key }), undefined);
    await deleteVersion(store, first);
  });
});
