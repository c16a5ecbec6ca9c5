import assert from 'node:assert/strict';
import { isReservedKey } from '../../../src/domain/normalize/free-value';
import { parseJsonCell, unreadable } from '../../../src/domain/normalize/json-cell';
import { careRateFields, paymentItemFields } from '../../../src/domain/entities/sub-models';
import { read, readsAs } from './table';

describe('a JSON cell', () => {
  it('may hold line breaks inside its strings', () => {
    assert.deepEqual(parseJsonCell('{"a":"one\ntwo \\"x\\" \\\\"}'), { a: 'one\ntwo "x" \\' });
  });

  it('may hold line breaks between its tokens', () => {
    assert.deepEqual(parseJsonCell('{\n"a": 1\n}'), { a: 1 });
    assert.deepEqual(parseJsonCell('{\n"a": "x\ny"\n}'), { a: 'x\ny' });
  });

  it('is empty, or not JSON', () => {
    assert.equal(parseJsonCell('  '), undefined);
    assert.equal(parseJsonCell('{"a":'), unreadable);
    assert.equal(parseJsonCell('{"a":\n'), unreadable);
  });
});

describe('an object with custom keys', () => {
  readsAs({ kind: 'object', fields: [{ name: 'payDate', kind: 'date', description: '' }] }, [
    ['{"z":null,"b":{"y":[],"x":""},"payDate":"2026-01-02"}', { payDate: '20260102', b: { x: '', y: [] }, z: null }],
    ['{"payDate":""}', undefined],
    ['{}', undefined],
    ['{"payDate":"never"}', { payDate: 'never' }, 'f.payDate INVALID_DATE'],
    ['{"a.b":1}', undefined, 'FIELD_NAME_RESERVED'],
    ['{"c":{"_x":1}}', { c: {} }, 'FIELD_NAME_RESERVED'],
    ['not json', undefined, 'INVALID_JSON'],
    ['[1]', undefined, 'INVALID_JSON'],
    ['7', undefined, 'INVALID_JSON'],
  ]);

  it('is written with its keys sorted, whatever their order', () => {
    const field = { kind: 'object' } as const;
    assert.equal(
      JSON.stringify(read(field, '{"b":1,"a":{"d":1,"c":2}}')),
      JSON.stringify(read(field, '{"a":{"c":2,"d":1},"b":1}')),
    );
  });

  it('is refused when it is nested too deep, instead of exhausting the stack', () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    assert.ok(read({ kind: 'object' }, deep).includes('INVALID_JSON'));
  });

  it('cannot replace the prototype', () => {
    const [value, code] = read({ kind: 'object' }, '{"__proto__":{"admin":true},"a":1}');
    assert.equal(code, 'FIELD_NAME_RESERVED');
    assert.deepEqual(value, { a: 1 });
  });
});

describe('a list', () => {
  readsAs({ kind: 'list', fields: careRateFields }, [
    ['{"rateType":"Weekly","amount":"$210.50"}', [{ typeFT: 'weekly', rateFT: 210.5 }]],
    ['[{"typeFT":"week","rateType":"daily"},{}]', [{ typeFT: 'weekly' }]],
    ['[]', undefined],
    ['[1]', undefined, 'INVALID_JSON'],
    ['"x"', undefined, 'INVALID_JSON'],
  ]);
  readsAs({ kind: 'list', fields: paymentItemFields }, [
    ['[{"itemCode":"care","unitPrice":2,"quantity":3}]', [{ category: 'care', price: 2, quantity: 3 }]],
    [
      '[{"price":"x"},{"price":"y"}]',
      [{ price: 'x' }, { price: 'y' }],
      'f.price INVALID_NUMBER',
      'f.price INVALID_NUMBER',
    ],
  ]);
});

describe('the name of a custom key', () => {
  const cases: [string, boolean][] = [
    ['school', false],
    ['childwith-1015CONLY', false],
    ['countyChildId', false],
    ['', true],
    ['a.b', true],
    ['$set', true],
    ['_id', true],
    ['child_id', true],
    ['a\u0000', true],
  ];
  for (const [key, isReserved] of cases) {
    it(`${JSON.stringify(key)} is ${isReserved ? '' : 'not '}reserved`, () =>
      assert.equal(isReservedKey(key), isReserved));
  }
});
