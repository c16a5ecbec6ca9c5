import assert from 'node:assert/strict';
import { planOf, recordsOf, requiredHeadings } from './support';

const windows = (text: string): Buffer => Buffer.from(text, 'latin1');
const text = (name: string): string => `${requiredHeadings}\r\n${name},Lee,1/2/1950,F\r\nBob,Łee,1/2/1950,M\r\n`;
const plain = (name: string): string => text(name).replace('Ł', 'L');

describe('the encoding of a patient file', () => {
  const cases: readonly [string, Buffer, string, boolean, string][] = [
    ['UTF-8', Buffer.from(text('Zoë €')), 'utf-8', false, 'Zoë €'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text('Zoë')}`), 'utf-8', true, 'Zoë'],
    ['UTF-16LE with a mark', Buffer.from(`\ufeff${text('Zoë')}`, 'utf16le'), 'utf-16le', true, 'Zoë'],
    ['UTF-16BE with a mark', Buffer.from(`\ufeff${text('Zoë')}`, 'utf16le').swap16(), 'utf-16be', true, 'Zoë'],
    ['UTF-16LE', Buffer.from(text('Zoë'), 'utf16le'), 'utf-16le', false, 'Zoë'],
    ['UTF-16BE', Buffer.from(text('Zoë'), 'utf16le').swap16(), 'utf-16be', false, 'Zoë'],
    ['Windows-1252', windows(plain('Zo\u00eb \u0080 O\u0092Neil')), 'windows-1252', false, 'Zoë € O’Neil'],
    ['plain ASCII', windows(plain('Zoe')), 'utf-8', false, 'Zoe'],
  ];
  for (const [name, bytes, encoding, hasMark, first] of cases) {
    it(`is found to be ${name}`, () => {
      for (const pushBytes of [1, 2, 5, 1000]) {
        const { header } = planOf(bytes, { pushBytes });
        assert.deepEqual([header.encoding, header.hasMark], [encoding, hasMark]);
        const records = recordsOf(bytes, { pushBytes, chunkBytes: 10 });
        assert.deepEqual(
          records.map(({ line, cells }) => [line, cells[0]]),
          [
            [2, first],
            [3, 'Bob'],
          ],
        );
      }
    });
  }

  it('does not matter for a header that is quoted behind a mark', () => {
    const quoted = requiredHeadings.replace('First Name', '"First Name"');
    assert.equal(planOf(`\ufeff${quoted}\nAnn,Lee,1/2/1950,F`).rowCount, 1);
  });

  it('counts for the headings too, though it is found later', () => {
    const bytes = windows(`${requiredHeadings},Stra\u00dfe\nAnn,Lee,1/2/1950,F,\u00e9t\u00e9`);
    assert.equal(planOf(bytes).header.columns.at(-1)?.title, 'Straße');
  });
});
