import assert from 'node:assert/strict';
import { failed, succeeded } from '../../src/api/envelope';

describe("CareCloud's envelope", () => {
  it('says success with an empty error code', () => {
    assert.deepEqual(succeeded({ a: 1 }), {
      isSuccess: true,
      responseStatus: { errorCode: '', message: '', stackTrace: null, errors: [] },
      data: { a: 1 },
    });
  });

  it('names the field that failed', () => {
    const { isSuccess, responseStatus, data } = failed('INVALID_REQUEST', 'FileName: required.', 'FileName');
    assert.equal(isSuccess, false);
    assert.equal(data, null);
    assert.deepEqual(responseStatus.errors, [
      { errorCode: 'INVALID_REQUEST', fieldName: 'FileName', message: 'FileName: required.' },
    ]);
  });
});
