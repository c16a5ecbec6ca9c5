import assert from 'node:assert/strict';
import { compileRowPreparer, malformedRow } from '../../../src/domain/rows';
import { codesOf, context, definitionOf, documentOf, prepareRecord, prepareRow } from './fixtures';

describe('the rules of a row', () => {
  it('collect all problems, errors first, each in the order of the definition', () => {
    const row = prepareRow('family', {
      status: 'alive',
      phone: '12',
      name: '',
      familyType: 'Clan',
      familyMonthlyIncome: 'much',
      address: '{"state":"Ontario","zip":"x"}',
    });
    assert.deepEqual(codesOf(row), [
      'REQUIRED_MISSING name',
      'INVALID_NUMBER familyMonthlyIncome',
      'INVALID_ENUM status',
      'PHONE_UNPARSABLE phone',
      'VALUE_UNKNOWN address.zip',
      'VALUE_UNKNOWN address.state',
      'VALUE_UNKNOWN familyType',
    ]);
    assert.equal(row.document, null);
    assert.equal(row.entityId, 'F-1');
  });

  it('report the same problem of several items once', () => {
    const items = '[{"price":"x"},{"price":"y"}]';
    assert.deepEqual(codesOf(prepareRow('claim', { items })), ['INVALID_NUMBER items.price']);
  });

  it('do not let one row say anything about the next', () => {
    const columns = [
      { name: 'entityId', type: 'string' },
      { name: 'name', type: 'string' },
    ];
    const prepare = compileRowPreparer(definitionOf('family'), columns, context);
    const bad = prepare('upsert', ['F-1', '']);
    const good = prepare('upsert', ['F-2', 'Ruiz']);
    assert.equal(bad.problems.length, 1);
    assert.equal(good.problems.length, 0);
    assert.deepEqual(codesOf(prepare('upsert', ['F-3', ''])), ['REQUIRED_MISSING name']);
  });

  it('refuse keys that cannot be used', () => {
    const row = prepareRow('family', { entityId: 'k'.repeat(257) });
    assert.deepEqual(codesOf(row), ['INVALID_KEY entityId']);
    assert.equal(row.entityId, null);
    assert.deepEqual(codesOf(prepareRow('care', { childId: 'a\u0007' })), ['INVALID_KEY childId']);
  });

  it('take a delete by its key alone', () => {
    const prepare = compileRowPreparer(definitionOf('care'), [{ name: 'entityId', type: 'string' }], context);
    assert.deepEqual(prepare('delete', [' C-1 ']), {
      operation: 'delete',
      entityId: 'C-1',
      document: null,
      disabled: false,
      columns: [null, null, null, null, null],
      problems: [],
    });
    assert.deepEqual(codesOf(prepare('delete', [''])), ['REQUIRED_MISSING entityId']);
  });

  it('give a row that cannot be read no key', () => {
    const row = malformedRow(definitionOf('family'));
    assert.deepEqual([row.entityId, row.document, codesOf(row)], [null, null, ['ROW_MALFORMED null']]);
  });

  it('take disabled as false unless it is said', () => {
    assert.equal(documentOf(prepareRow('care'))['disabled'], false);
    const row = prepareRow('care', { disabled: '1' });
    assert.equal(row.disabled, true);
    assert.equal(documentOf(row)['disabled'], true);
  });

  it('refuse a period that ends before it begins', () => {
    const dates = { startDate: '2026-02-01', endDate: '01/31/2026' };
    assert.deepEqual(codesOf(prepareRow('care', dates)), ['DATE_RANGE_INVALID endDate']);
    assert.deepEqual(codesOf(prepareRow('claim', dates)), ['DATE_RANGE_INVALID endDate']);
    assert.deepEqual(codesOf(prepareRow('care', { endDate: '20260101' })), []);
    assert.deepEqual(codesOf(prepareRow('care', { endDate: '0000' })), ['INVALID_DATE endDate']);
  });

  it('warn about an item whose amount is not price times quantity', () => {
    const item = (amount: number): string => JSON.stringify([{ price: 210.5, quantity: 4, amount }]);
    assert.deepEqual(codesOf(prepareRow('claim', { items: item(842) })), []);
    assert.deepEqual(codesOf(prepareRow('claim', { items: item(842.01) })), []);
    const row = prepareRow('claim', { items: item(800) });
    assert.deepEqual(codesOf(row), ['AMOUNT_MISMATCH items.amount']);
    assert.notEqual(row.document, null);
  });

  it('refuse a payment to something that is not a provider', () => {
    assert.deepEqual(codesOf(prepareRow('provider_payment', { refEntityType: 'WKS_PROVIDER' })), []);
    assert.deepEqual(codesOf(prepareRow('provider_payment', { refEntityType: 'wks_family' })), [
      'INVALID_ENUM refEntityType',
    ]);
  });

  it('store every character that can be stored, and repair the others', () => {
    const kept = prepareRow('family', { comment: 'a "quote" \\ tab\there \u0001 😀 李' });
    assert.deepEqual(codesOf(kept), []);
    assert.equal(documentOf(kept)['comment'], 'a "quote" \\ tab\there \u0001 😀 李');
    const repaired = prepareRecord('family', { comment: 'a\u0000b\ud800', data: { x: ['\u0000'] }, more: '\u0000y' });
    assert.deepEqual(codesOf(repaired), ['VALUE_REPAIRED comment', 'VALUE_REPAIRED data']);
    assert.equal(documentOf(repaired)['comment'], 'ab\ufffd');
    assert.equal(documentOf(repaired)['more'], 'y');
    assert.deepEqual(documentOf(repaired)['data'], { x: [''] });
  });
});

describe('sameAddress', () => {
  const address = '{"zip":"46204","city":"Indianapolis"}';

  it('copies the address into an empty mailing address', () => {
    const document = documentOf(prepareRow('family', { address, sameAddress: 'true' }));
    assert.deepEqual(document['mailAddress'], { zip: '46204', city: 'Indianapolis' });
  });

  it('is repaired when the mailing address differs', () => {
    const row = prepareRow('provider', { address, mailAddress: '{"zip":"46205"}', sameAddress: 'true' });
    assert.deepEqual(codesOf(row), ['VALUE_REPAIRED sameAddress']);
    assert.equal(documentOf(row)['sameAddress'], false);
    assert.deepEqual(documentOf(row)['mailAddress'], { zip: '46205' });
  });

  it('copies nothing when it is false or there is no address', () => {
    assert.equal('mailAddress' in documentOf(prepareRow('family', { address, sameAddress: 'false' })), false);
    assert.equal('mailAddress' in documentOf(prepareRow('family', { sameAddress: 'true' })), false);
  });

  it('agrees with a mailing address that is written differently but is the same', () => {
    const mailAddress = '{"city":" Indianapolis","zip":46204}';
    assert.deepEqual(codesOf(prepareRow('family', { address, mailAddress, sameAddress: 'true' })), []);
  });
});
