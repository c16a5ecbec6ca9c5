import assert from 'node:assert/strict';
import { documentOf, prepareRecord, prepareRow } from './fixtures';

describe('other spellings', () => {
  it('of a care are read: status, careType, rates with rateType, familyFee as an object (E-14)', () => {
    const document = documentOf(
      prepareRecord('care', {
        status: 'Active',
        careType: 'Day Care',
        providerRates: [{ rateType: 'hourly', amount: 12.5 }],
        familyFee: { type: 'Full Time', quantity: 130 },
      }),
    );
    assert.equal(document['status'], 'active');
    assert.equal(document['careType'], 'day-care');
    assert.deepEqual(document['providerRates'], [{ typeFT: 'hourly', rateFT: 12.5 }]);
    assert.deepEqual(document['familyFee'], [{ type: 'full-time', quantity: 130 }]);
  });

  it('of a payment are read: itemCode, unitPrice and customerId at the top level (E-15)', () => {
    const keys = { customerId: 'X-1', customerName: 'Agency', metadata: { region: 'N' } };
    const document = documentOf(
      prepareRecord('provider_payment', { ...keys, items: [{ itemCode: 'c', unitPrice: 2 }] }),
    );
    assert.deepEqual(document['metadata'], { customerId: 'X-1', customerName: 'Agency', region: 'N' });
    assert.deepEqual(document['items'], [{ category: 'c', price: 2 }]);
    assert.equal('customerId' in document, false);
    const row = prepareRow('provider_payment', { ...keys, metadata: '{"customerId":"Y"}' });
    assert.deepEqual(documentOf(row)['metadata'], { customerId: 'Y', customerName: 'Agency' });
  });

  it('of a vendor number are written as vendorNO (E-36)', () => {
    assert.deepEqual(documentOf(prepareRow('provider', { data: '{"venderNO":"7"}' }))['data'], { vendorNO: '7' });
  });

  it('of keys that differ only in case are different keys', () => {
    const document = documentOf(prepareRecord('care', { IsAlternative: true, isalternative: 'x' }));
    assert.equal(document['IsAlternative'], true);
    assert.equal(document['isalternative'], 'x');
  });
});
