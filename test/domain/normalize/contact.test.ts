import { readsAs } from './table';

describe('a phone number', () => {
  readsAs({ kind: 'phone' }, [
    ['317-555-0199', '317-555-0199'],
    ['(205) 555-3969', '205-555-3969'],
    ['3175557436', '317-555-7436'],
    [3175557436, '317-555-7436'],
    ['+1 317.555.7436', '317-555-7436'],
    ['555-7436', '555-7436', 'PHONE_UNPARSABLE'],
    ['317-555-7436 x12', '317-555-7436 x12', 'PHONE_UNPARSABLE'],
  ]);
});

describe('an e-mail address', () => {
  readsAs({ kind: 'email' }, [
    [' Ana@Example.ORG ', 'ana@example.org'],
    ['a.b+c@sub.example.org', 'a.b+c@sub.example.org'],
    ['ana@example', 'ana@example', 'EMAIL_INVALID'],
    ['ana example.org', 'ana example.org', 'EMAIL_INVALID'],
    ['a@b@example.org', 'a@b@example.org', 'EMAIL_INVALID'],
  ]);
});

describe('an e-mail address that the entity lives by', () => {
  readsAs({ kind: 'email', strict: true }, [['nobody', 'nobody', 'INVALID_EMAIL']]);
});

describe('a social security number', () => {
  readsAs({ kind: 'ssn' }, [
    ['123456789', '123-45-6789'],
    ['123 45 6789', '123-45-6789'],
    ['1234', '1234', 'VALUE_UNKNOWN'],
  ]);
});

describe('an employer identification number', () => {
  readsAs({ kind: 'taxId' }, [
    ['987654321', '98-7654321'],
    ['98-7654321', '98-7654321'],
    ['98-76', '98-76', 'VALUE_UNKNOWN'],
  ]);
});
