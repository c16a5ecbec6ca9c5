import { careType, entityStatus, ethnicity, gender, race } from '../../../src/domain/entities/enums';
import { readsAs } from './table';

describe('a closed enumeration', () => {
  readsAs(entityStatus, [
    ['active', 'active'],
    [' Active ', 'active'],
    ['alive', 'alive', 'INVALID_ENUM'],
  ]);
  readsAs(race, [
    ['American_Indian', 'american-indian'],
    ['White', 'caucasian'],
  ]);
  readsAs(ethnicity, [['Not Hispanic or Latino', 'no-hispanic-latino']]);
});

describe('an open enumeration', () => {
  readsAs(careType, [
    ['Day Care', 'day-care'],
    ['Evening  Care', 'evening-care', 'VALUE_UNKNOWN'],
  ]);
  readsAs(gender, [
    ['M', 'male'],
    ['F', 'female'],
  ]);
});

describe('a language', () => {
  readsAs({ kind: 'language' }, [
    ['en', 'en'],
    ['English', 'en'],
    ['SPA', 'es'],
    ['Vietnamese', 'Vietnamese', 'VALUE_UNKNOWN'],
  ]);
});
