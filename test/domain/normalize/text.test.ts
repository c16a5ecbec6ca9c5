import { readsAs } from './table';

describe('a name', () => {
  readsAs({ kind: 'name' }, [
    ['  Ana   María  Ruiz ', 'Ana María Ruiz'],
    ['Ana\tRuiz', 'Ana Ruiz'],
    ['Ana\u00a0Ruiz', 'Ana Ruiz'],
    ['Jose\u0301', 'José'],
    ['McDONALD', 'McDONALD'],
    ['李 小龙', '李 小龙'],
  ]);
});

describe('an initial', () => {
  readsAs({ kind: 'initial' }, [
    ['j', 'J'],
    ['J.', 'J'],
    ['Anthony', 'A', 'VALUE_REPAIRED'],
  ]);
});

describe('a text', () => {
  readsAs({ kind: 'string' }, [
    [' a\r\nb\rc ', 'a\nb\nc'],
    [12, '12'],
    [['a'], undefined, 'INVALID_JSON'],
  ]);
});

describe('a key', () => {
  readsAs({ kind: 'id' }, [
    [' FM-1 ', 'FM-1'],
    ['007', '007'],
    [42, '42'],
    ['ключ-1 𝒳', 'ключ-1 𝒳'],
    ['k'.repeat(256), 'k'.repeat(256)],
    ['k'.repeat(257), 'k'.repeat(257), 'INVALID_KEY'],
    ['a\tb', 'a\tb', 'INVALID_KEY'],
    ['a\ud800', 'a\ud800', 'INVALID_KEY'],
  ]);
});

describe('a list of texts', () => {
  readsAs({ kind: 'strings' }, [
    ['ccdf, waitlist,', ['ccdf', 'waitlist']],
    ['["a,b", 1]', ['a,b', '1']],
    [['x', null, ''], ['x']],
    ['[]', undefined],
    ['', undefined],
    ['[{}]', undefined, 'INVALID_JSON'],
    ['[a', undefined, 'INVALID_JSON'],
  ]);
});
