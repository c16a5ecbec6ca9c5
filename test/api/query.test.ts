import assert from 'node:assert/strict';
import { refusingTimeout } from '../../src/api/query-timeout';
import { readAtOnce } from '../../src/db/queries/records-query';
import { Refusal } from '../../src/doors/refusal';
import { insertRecord } from '../support/records';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, type Answer } from './support/client';

describe('POST /appdata/{Entity}/query', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async () => {
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
    for (const [number, fields] of [
      { status: 'active', amount: 10, startDate: '20260101', endDate: '20260131', data: { payDate: '20260203' } },
      {
        status: 'active',
        amount: 9.5,
        startDate: '20260201',
        endDate: '20260228',
        items: [{ amount: 1 }, { amount: 5 }],
      },
      { status: 'void', amount: 100, startDate: '20260301', endDate: '20260331', tags: ['late', 'paper'] },
      { status: 'new', startDate: '20260401', endDate: '20260430', data: { 'a"b': 1, school: 'North', n: 5 } },
      { startDate: '20260501', endDate: '20260531', disabled: true, data: { school: 'South', n: '5' } },
    ].entries()) {
      await insertRecord(stack, tenant, `CL-${number + 1}`, fields, 'claim');
    }
  });
  after(() => api.stop());

  const query = (body: unknown, entity = 'claim', headers = tenant.headers): Promise<Answer> =>
    call(`${api.url}/appdata/${entity}/query`, headers, 'POST', body);
  const found = async (filter: unknown, more: object = {}): Promise<string> => {
    const { status, text, body } = await query({ Query: filter, ...more });
    assert.equal(status, 200, text);
    return body.data.map(({ entityId }: { entityId: string }) => entityId.slice(3)).join('');
  };

  it('answers in the envelope, with the fields of the system and the total', async () => {
    const { status, body } = await query({ Take: 1 });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['isSuccess', 'responseStatus', 'data', 'total']);
    assert.equal(body.total, 5);
    const [{ id, modified, ...document }] = body.data;
    assert.match(id, /^[0-9a-f]{24}$/);
    assert.match(modified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.deepEqual(document, {
      entityId: 'CL-1',
      disabled: false,
      status: 'active',
      amount: 10,
      startDate: '20260101',
      endDate: '20260131',
      data: { payDate: '20260203' },
    });
    assert.equal((await query({ withouttotal: true })).body.total, undefined);
  });

  const cases: [string, unknown, string][] = [
    ['everything', {}, '12345'],
    ['a value', { status: 'active' }, '12'],
    ['no record', { status: 'received' }, ''],
    ['not a value, also where there is none', { status: { $ne: 'active' } }, '345'],
    ['numbers as numbers', { amount: { $gt: 9.5 } }, '13'],
    ['numbers written as text', { amount: { $gte: '9.5', $lt: '100' } }, '12'],
    ['one of', { entityId: { $in: ['CL-2', 'CL-4', 'CL-9'] } }, '24'],
    ['none of', { entityId: { $nin: ['CL-2', 'CL-4'] } }, '135'],
    ['none at all', { entityId: { $in: [] } }, ''],
    ['dates in any form', { startDate: { $gte: '2026-02-01' }, endDate: { $lte: '03/31/2026' } }, '23'],
    ['what is there', { amount: { $exists: true } }, '123'],
    ['what is not there', { amount: { $exists: false } }, '45'],
    ['null for what is not there', { amount: null }, '45'],
    ['null among values', { status: { $in: ['void', null] } }, '35'],
    ['any of', { $or: [{ status: 'void' }, { amount: { $lt: 10 } }] }, '23'],
    ['all of', { $and: [{ status: 'active' }, { amount: { $lt: 10 } }] }, '2'],
    ['any item of a list', { 'items.amount': { $gt: 4 } }, '2'],
    ['any word of a list', { tags: 'paper' }, '3'],
    ['soft deletes', { disabled: true }, '5'],
    ['attributes nobody defined', { 'data.school': 'North' }, '4'],
    ['those by their own type', { 'data.n': { $gte: 5 } }, '4'],
    ['known attributes by theirs', { 'data.payDate': '2026-02-03' }, '1'],
    ['keys with quotes in them', { 'data.a"b': 1 }, '4'],
    ['fields in any case', { STATUS: 'void', EntityID: 'CL-3' }, '3'],
  ];
  for (const [what, filter, expected] of cases) {
    it(`finds ${what}`, async () => assert.equal(await found(filter), expected));
  }

  it('finds what came after a stamp, to the microsecond, in the order of the stamps', async () => {
    const { body } = await query({ Sort: { modified: 1 } });
    const stamps = body.data.map(({ modified }: { modified: string }) => modified);
    assert.deepEqual(stamps, [...stamps].sort());
    for (const [place, stamp] of stamps.entries()) {
      assert.equal(await found({ modified: { $gt: stamp } }), '12345'.slice(place + 1));
      assert.equal(await found({ modified: { $gte: stamp.replace('Z', '0+00:00') } }), '12345'.slice(place));
      assert.equal(await found({ modified: stamp }), String(place + 1));
    }
  });

  it('puts records in order, those without a value first', async () => {
    assert.equal(await found({}, { Sort: { amount: 1 } }), '45213');
    assert.equal(await found({}, { Sort: { status: -1, startDate: -1 } }), '34215');
    assert.equal(await found({}, { Sort: { startDate: -1 } }), '54321');
    assert.equal(await found({}, { Sort: { 'data.school': -1 } }), '54123');
    assert.equal(await found({}, { Sort: { disabled: -1 } }), '51234');
  });

  it('gives pages, in any case of its names', async () => {
    assert.equal(await found({}, { Skip: 1, Take: 2 }), '23');
    assert.equal(await found({}, { skip: 4, take: 1000 }), '5');
    assert.equal(await found({}, { SKIP: 5 }), '');
  });

  it('gives only the fields that are asked for', async () => {
    const shown = async (Fields: string[], Query: object): Promise<unknown> =>
      (await query({ Fields, Query })).body.data;
    assert.deepEqual(await shown(['entityId', 'amount'], { entityId: 'CL-1' }), [{ entityId: 'CL-1', amount: 10 }]);
    assert.deepEqual(await shown(['amount', 'status'], { entityId: 'CL-5' }), [{}]);
    assert.deepEqual(await shown(['items.amount', 'items.price'], { entityId: 'CL-2' }), [
      { items: [{ amount: 1 }, { amount: 5 }] },
    ]);
    assert.deepEqual(await shown(['data.school', 'data.n'], { entityId: 'CL-4' }), [
      { data: { school: 'North', n: 5 } },
    ]);
    const [{ id, modified }] = (await shown(['id', 'modified'], { entityId: 'CL-4' })) as [Record<string, string>];
    assert.equal(await found({ id, modified }), '4');
  });

  it('gives each combination of fields once', async () => {
    const distinct = (await query({ Fields: ['status'], Distinct: true, Sort: { status: -1 } })).body;
    assert.deepEqual(distinct.data, [{ status: 'void' }, { status: 'new' }, { status: 'active' }, {}]);
    assert.equal(distinct.total, 4);
    const second = (await query({ Fields: ['status'], Distinct: true, Sort: { status: -1 }, Skip: 1, Take: 1 })).body;
    assert.deepEqual(second.data, [{ status: 'new' }]);
  });

  const tooDeep = Array.from({ length: 9 }).reduce((inner: object) => ({ $and: [inner] }), { status: 'a' });
  const refused: [string, object, string, string][] = [
    ['an unknown field', { Query: { nmae: 'x' } }, 'INVALID_REQUEST', 'Query.nmae'],
    ['an unknown field in a list', { Query: { 'items.amuont': 1 } }, 'INVALID_REQUEST', 'Query.items.amuont'],
    ['an unknown operator', { Query: { status: { $regex: 'x' } } }, 'INVALID_REQUEST', 'Query.status.$regex'],
    ['an unknown operator at the top', { Query: { $where: 'x' } }, 'INVALID_REQUEST', 'Query.$where'],
    ['an operator of an object', { Query: { status: { constructor: 'x' } } }, 'INVALID_REQUEST', 'Query.status'],
    ['a whole object', { Query: { data: { $eq: {} } } }, 'INVALID_REQUEST', 'Query.data.$eq'],
    ['an object as a value', { Query: { status: { $in: [{}] } } }, 'INVALID_REQUEST', 'Query.status.$in'],
    ['a date that is none', { Query: { startDate: 'soon' } }, 'INVALID_REQUEST', 'Query.startDate'],
    ['a number that is none', { Query: { amount: { $gt: 'much' } } }, 'INVALID_REQUEST', 'Query.amount.$gt'],
    ['a time that is none', { Query: { modified: { $gt: 'soon' } } }, 'INVALID_REQUEST', 'Query.modified.$gt'],
    ['an id that is none', { Query: { id: 'x' } }, 'INVALID_REQUEST', 'Query.id'],
    ['a text that cannot be stored', { Query: { status: 'a\0b' } }, 'INVALID_REQUEST', 'Query.status'],
    ['a key that cannot be', { Query: { 'data.a\0b': 1 } }, 'INVALID_REQUEST', 'Query.data.a\0b'],
    ['too deep a filter', { Query: tooDeep }, 'INVALID_REQUEST', `Query${'.$and'.repeat(8)}`],
    ['too many conditions', { Query: { $or: Array(101).fill({ status: 'a' }) } }, 'INVALID_REQUEST', 'Query'],
    ['too long a list', { Query: { status: { $in: Array(1001).fill('a') } } }, 'INVALID_REQUEST', 'Query.status.$in'],
    ['a filter that is no object', { Query: 'status' }, 'INVALID_REQUEST', 'Query'],
    ['an unknown sort', { Sort: { 'id; DROP TABLE records': 1 } }, 'INVALID_REQUEST', 'Sort.id; DROP TABLE records'],
    ['a sort by many values', { Sort: { 'items.amount': 1 } }, 'INVALID_REQUEST', 'Sort.items.amount'],
    ['a direction that is none', { Sort: { status: 'asc; --' } }, 'INVALID_REQUEST', 'Sort.status'],
    ['an unknown projection', { Fields: ['document'] }, 'INVALID_REQUEST', 'Fields.document'],
    ['too many fields', { Fields: Array(101).fill('status') }, 'INVALID_REQUEST', 'Fields'],
    ['a page that is too large', { Take: 1001 }, 'BATCH_TOO_LARGE', 'Take'],
    ['a page of none', { Take: 0 }, 'INVALID_REQUEST', 'Take'],
    ['a negative skip', { Skip: -1 }, 'INVALID_REQUEST', 'Skip'],
  ];
  for (const [what, body, code, field] of refused) {
    it(`refuses ${what} by its name, without the value`, async () => {
      const answer = await query(body);
      assert.equal(answer.status, code === 'BATCH_TOO_LARGE' ? 413 : 400, answer.text);
      const [error] = answer.body.responseStatus.errors;
      assert.deepEqual([error.errorCode, error.fieldName], [code, field]);
      for (const value of ['soon', 'much', 'asc;']) assert.ok(!answer.text.includes(value), answer.text);
    });
  }

  it('gives as many fields as may be asked for', async () => {
    const Fields = ['entityId', ...Array.from({ length: 99 }, (_, i) => `data.f${i}`)];
    for (const more of [{}, { Distinct: true }]) {
      const { status, text, body } = await query({ Fields, ...more });
      assert.equal(status, 200, text);
      assert.equal(body.data.length, 5);
    }
  });

  const attempts = [`x' OR '1'='1`, `x"); DROP TABLE records; --`, '$.* ? (@ > 0)', '%', '\\', '?', ':tenantId', '{}'];
  for (const attempt of attempts) {
    it(`takes ${attempt} for a word, wherever it stands`, async () => {
      assert.equal(await found({ status: attempt }), '');
      assert.equal(await found({ status: { $in: [attempt, 'void'] } }), '3');
      assert.equal(await found({ 'data.school': { $ne: attempt } }), '12345');
      const key = `data.${attempt.replaceAll(/[$.]/g, '')}`;
      assert.equal(await found({ [key]: 1 }), '');
      assert.equal(await found({ [key]: { $exists: true } }), '');
      assert.equal(await found({}, { Sort: { [key]: 1 } }), '12345');
      assert.equal((await query({ Fields: [key] })).body.data.length, 5);
    });
  }

  it('gives up what takes too long, with a code', async () => {
    const slow = (): Promise<unknown> => readAtOnce(stack.db, 50, (trx) => trx.raw('SELECT pg_sleep(20)'));
    await assert.rejects(
      refusingTimeout(slow),
      (error) => error instanceof Refusal && error.code === 'QUERY_TOO_EXPENSIVE',
    );
  });

  it('sees nothing of another tenant', async () => {
    const other = await freshTenant(stack);
    assert.deepEqual((await query({}, 'claim', other.headers)).body.data, []);
    const [{ id }] = (await query({ Take: 1 })).body.data;
    assert.deepEqual((await query({ Query: { id } }, 'claim', other.headers)).body.data, []);
  });

  it('knows the entities of the catalogue in any case, and no others', async () => {
    assert.equal((await query({}, 'Family_Member')).status, 200);
    assert.equal((await query({}, 'records')).status, 404);
  });

  describe('retrieve', () => {
    const get = (search: string): Promise<Answer> =>
      call(`${api.url}/appdata/claim/retrieve?${search}`, tenant.headers);
    const post = (body: object): Promise<Answer> =>
      call(`${api.url}/appdata/claim/retrieve`, tenant.headers, 'POST', body);

    it('gives one record by id, entityId or filter', async () => {
      const [record] = (await query({ Query: { entityId: 'CL-3' } })).body.data;
      for (const search of [`id=${record.id}`, `Id=${record.id}`, 'entityId=CL-3', `id=${record.id}&entityId=CL-3`]) {
        assert.deepEqual((await get(search)).body.data, record);
      }
      for (const body of [{ id: record.id }, { Filter: { status: 'void' } }, { query: { entityId: 'CL-3' } }]) {
        assert.deepEqual((await post(body)).body.data, record);
      }
      assert.deepEqual((await get('entityId=CL-3&fields=status,amount')).body.data, { status: 'void', amount: 100 });
    });

    it('refuses what is nowhere, what is not asked for and what is many', async () => {
      for (const search of [
        'id=x',
        `id=${'0'.repeat(24)}`,
        'entityId=CL-9',
        'entityId=CL-1&id=000000000000000000000000',
      ]) {
        assert.equal((await get(search)).status, 404, search);
      }
      assert.equal((await get('')).body.responseStatus.errors[0].fieldName, 'id');
      assert.equal((await post({ filter: { status: 'active' } })).body.responseStatus.errors[0].fieldName, 'Filter');
    });
  });
});
