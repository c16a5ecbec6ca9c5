import { readsAs } from './table';

describe('an amount of money', () => {
  readsAs({ kind: 'money' }, [
    ['842.0', 842],
    ['1500.00', 1500],
    ['$1,234.50', 1234.5],
    ['-$ 12.30', -12.3],
    ['.5', 0.5],
    ['-0', 0],
    [3634.53, 3634.53],
    ['1.005', 1.01, 'VALUE_REPAIRED'],
    ['-2.675', -2.68, 'VALUE_REPAIRED'],
    ['10.0000', 10],
    ['', undefined],
    ['1,5', '1,5', 'INVALID_NUMBER'],
    ['12a', '12a', 'INVALID_NUMBER'],
    ['1.2.3', '1.2.3', 'INVALID_NUMBER'],
    ['Infinity', 'Infinity', 'INVALID_NUMBER'],
    ['0x10', '0x10', 'INVALID_NUMBER'],
    ['90000000000001', 90000000000001, 'INVALID_NUMBER'],
  ]);
});

describe('a number', () => {
  readsAs({ kind: 'number' }, [
    ['0.1234567890', 0.123456789],
    [1e-7, 1e-7],
    ['1,000', 1000],
    ['ten', 'ten', 'INVALID_NUMBER'],
    [true, 'true', 'INVALID_NUMBER'],
  ]);
});

describe('a whole number', () => {
  readsAs({ kind: 'int' }, [
    ['3', 3],
    ['3.0', 3],
    ['3.5', 3.5, 'INVALID_NUMBER'],
  ]);
});

describe('true or false', () => {
  readsAs({ kind: 'bool' }, [
    ['true', true],
    ['FALSE', false],
    ['1', true],
    ['0', false],
    [1, true],
    [false, false],
    ['Y', true],
    ['no', false],
    ['', undefined],
    ['maybe', 'maybe', 'INVALID_BOOLEAN'],
  ]);
});
