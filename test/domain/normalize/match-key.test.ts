import assert from 'node:assert/strict';
import { ehrKey, foldText, personKey } from '../../../src/domain/normalize/match-key';

describe('the text by which a person is recognised', () => {
  for (const [a, b] of [
    ['José', 'jose'],
    ['JOSE\u0301', 'josé'],
    ['Straße', 'STRASSE'],
    ['Łukasz Sørensen', 'lukasz sorensen'],
    ["O'Neil", 'O\u2019NEIL'],
    ['Mary\u2013Ann', 'mary-ann'],
    ['  de   la\u00a0Cruz ', 'De La Cruz'],
    ['ﬁona', 'Fiona'],
    ['İpek', 'ipek'],
    ['Ａnn', 'ann'],
  ] as const) {
    it(`is the same for ${a} and ${b}`, () => assert.equal(foldText(a), foldText(b)));
  }

  it('is another for digits, and for what is only nearly the same', () => {
    for (const other of ['Alice36', 'Alice', 'Alicia368']) assert.notEqual(foldText('Alice368'), foldText(other));
  });

  it('needs all four parts', () => {
    assert.equal(personKey('Ann', 'Lee', '19500102', 'female'), 'ann|lee|19500102|female');
    assert.equal(personKey('Ann', undefined, '19500102', 'female'), null);
    assert.equal(personKey('Ann', 'Lee', '19500102', ''), null);
  });

  it('keeps first and last name apart', () => {
    assert.notEqual(personKey('Ann|Lee', 'x', '1', 'f'), personKey('Ann', 'Lee|x', '1', 'f'));
  });

  it('fits into an index however long the names are', () => {
    const key = personKey('é'.repeat(100_000), '漢'.repeat(100_000), '19500102', 'female') ?? '';
    assert.ok(Buffer.byteLength(key) < 2000);
  });
});

describe('the text of an EHR ID', () => {
  it('is what was sent but for blanks', () => {
    assert.equal(ehrKey('  A  1\u00a0b '), 'A 1 b');
    assert.notEqual(ehrKey('a1'), ehrKey('A1'));
    assert.equal(ehrKey(undefined), null);
    assert.equal(ehrKey(' '), null);
  });
});
