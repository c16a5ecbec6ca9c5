import assert from 'node:assert/strict';
import { fileNameOf, inboxPrefix, isFileName, uploadKey } from '../../../src/domain/inbox/object-names';
import { settleSecondsOf } from '../../../src/domain/inbox/settle-time';

const place = { workspaceId: 'ws', bucketId: 'bk' };

describe('names in the inbox', () => {
  for (const name of ['a.cc5txt', 'sub/a.cc5txt', 'letter.docx', 'part', 'a.partial', 'tmp/a', 'größe 1.cc5txt', '…']) {
    it(`may be a whole file: ${name}`, () => assert.equal(isFileName(name), true));
  }
  for (const name of [
    '',
    'folder/',
    'folder_$folder$',
    'a.part',
    'a.cc5txt.PART',
    'a.tmp',
    'a.filepart',
    'sub/a.Tmp',
    '.hidden',
    'sub/.hidden',
    '.git/config',
  ]) {
    it(`is left alone: ${name || '(empty)'}`, () => assert.equal(isFileName(name), false));
  }

  it('become keys without anything that a path could take otherwise', () => {
    assert.equal(inboxPrefix(place), 'inbox/ws/bk/');
    assert.equal(fileNameOf('inbox/ws/bk/sub/a b.cc5txt'), 'a b.cc5txt');
    assert.equal(uploadKey(place, 'id', 'größe 1?.cc5txt'), 'uploads/ws/bk/id/gro_e_1_.cc5txt');
  });

  it('settle within the time that is set, or ten seconds', () => {
    assert.equal(settleSecondsOf(undefined), 10);
    assert.equal(settleSecondsOf({ settleSeconds: 0 }), 0);
    assert.equal(settleSecondsOf({ settleSeconds: -1 }), 10);
    assert.equal(settleSecondsOf({ settleSeconds: Number.NaN }), 10);
  });
});
