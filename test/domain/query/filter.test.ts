import assert from 'node:assert/strict';
import { entityDefinitions, findEntity } from '../../../src/domain/entities';
import type { FieldDefinition } from '../../../src/domain/entities/definition';
import { assembleFields, findField, readFilter, readProjection, readSort } from '../../../src/domain/query';

const claim = findEntity('claim')!;

describe('fields of queries', () => {
  for (const definition of entityDefinitions) {
    it(`are all those of ${definition.name}, nested ones included, and those of the system`, () => {
      const names = (fields: readonly FieldDefinition[], before = ''): string[] =>
        fields.flatMap(({ name, fields: below = [] }) => [before + name, ...names(below, `${before}${name}.`)]);
      for (const name of [...names(definition.fields), 'id', 'entityId', 'modified']) {
        assert.equal(findField(definition, name)?.name, name);
        assert.equal(findField(definition, name.toUpperCase())?.name, name);
      }
    });
  }

  for (const name of [
    '',
    'data.',
    'data.a..b',
    'nothing',
    'items.nothing',
    'status.nothing',
    'data.$a',
    'constructor',
  ]) {
    it(`are not ${name || 'nothing'}`, () => assert.equal(findField(claim, name), undefined));
  }

  it('keep the case of custom keys', () => {
    assert.deepEqual(findField(claim, 'DATA.customerFields.CaseNo')?.path, ['data', 'customerFields', 'CaseNo']);
  });
});

describe('the order of a query', () => {
  const order = (sort: unknown, filter: object = {}): string[] =>
    readSort(claim, sort, readFilter(claim, filter)).map(
      ({ field, descending }) => `${descending ? '-' : ''}${field.name}`,
    );

  for (const [what, sort, filter, expected] of [
    ['is that of arrival', undefined, {}, ['id']],
    ['is that of arrival for an empty sort', {}, {}, ['id']],
    ['is that of the stamps where these are asked for', undefined, { modified: { $gt: '20260101' } }, ['modified']],
    ['also deep in the filter', undefined, { $or: [{ $and: [{ modified: { $ne: '20260101' } }] }] }, ['modified']],
    ['is made total by the id', { status: -1 }, {}, ['-status', 'id']],
    ['is total by itself with the stamp', { status: 1, modified: -1 }, {}, ['status', '-modified']],
  ] as const) {
    it(what, () => assert.deepEqual(order(sort, filter), expected));
  }
});

describe('records made of fields', () => {
  const assemble = (names: string[], ...parts: unknown[]): object =>
    assembleFields(readProjection(claim, names)!, parts);

  it('hold what was asked for in its place', () => {
    assert.deepEqual(assemble(['data.payDate', 'data.a.b', 'status'], '20260101', 1, null), {
      data: { payDate: '20260101', a: { b: 1 } },
    });
  });

  it('hold every item of a list', () => {
    const items = [{ amount: 1, price: 2 }, { price: 3 }, {}];
    assert.deepEqual(assemble(['items.amount'], items), { items: [{ amount: 1 }, {}, {}] });
    assert.deepEqual(assemble(['items.amount', 'items.price'], items, items), {
      items: [{ amount: 1, price: 2 }, { price: 3 }, {}],
    });
  });

  it('hold a whole object and a part of it', () => {
    assert.deepEqual(assemble(['data', 'data.a'], { a: 1, b: 2 }, 1), { data: { a: 1, b: 2 } });
  });

  it('do not mistake names of their own making', () => {
    const record = assemble(['data.__proto__.x', 'data.constructor'], 1, 2) as { data: object };
    assert.deepEqual(Object.keys(record.data), ['__proto__', 'constructor']);
    assert.equal(({} as { x?: unknown }).x, undefined);
  });
});
