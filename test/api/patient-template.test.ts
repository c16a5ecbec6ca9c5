import assert from 'node:assert/strict';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { rowsOf } from '../domain/formats/patient-csv/support';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call } from './support/client';

describe('the template for patients', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;
  before(async () => {
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
  });
  after(() => api.stop());

  const get = (query: string): ReturnType<typeof call> =>
    call(`${api.url}/v1/patient-import/template${query}`, { 'x-api-key': tenant.key });

  it('is a CSV file of one header row', async () => {
    const { status, headers, text } = await get('');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="?patient-import-template\.csv"?$/);
    assert.match(text, /^Patient First Name,Patient Last Name,Patient Birthday,Patient Gender,EHR ID,[^\r\n]*\r\n$/);
  });

  it('has an example that can be imported as it is', async () => {
    const { status, text } = await get('?example=true');
    assert.equal(status, 200);
    const rows = [...rowsOf(text).values()];
    assert.deepEqual(
      rows.map(({ problems, document }) => [problems, document !== null]),
      [
        [[], true],
        [[], true],
      ],
    );
  });

  it('is refused for another word than true or false', async () => {
    assert.deepEqual(
      [(await get('?example=yes')).status, (await get('?example=yes')).body.error.code],
      [400, 'INVALID_REQUEST'],
    );
  });
});
