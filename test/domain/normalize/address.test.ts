import { addressFields } from '../../../src/domain/entities/sub-models';
import { readsAs } from './table';

describe('an address', () => {
  readsAs({ kind: 'address', fields: addressFields }, [
    ['{"city":" San  Jose ","zip":"90001","state":"ca"}', { zip: '90001', state: 'CA', city: 'San Jose' }],
    ['{"state":"New York"}', { state: 'NY' }],
    ['{"zip":"90001-1234"}', { zip: '90001', fullZipCode: '90001-1234' }],
    ['{"fullZipCode":"900011234"}', { zip: '90001', fullZipCode: '90001-1234' }],
    ['{"zip":2134}', { zip: '02134' }, 'f.zip VALUE_REPAIRED'],
    ['{"zip":"K1A 0B1"}', { zip: 'K1A 0B1' }, 'f.zip VALUE_UNKNOWN'],
    ['{"state":"Ontario"}', { state: 'Ontario' }, 'f.state VALUE_UNKNOWN'],
    ['{"fips":"6075"}', { fips: '06075' }, 'f.fips VALUE_REPAIRED'],
    ['{"longitude":"-118.00","latitude":34}', { longitude: -118, latitude: 34 }],
    ['{"longitude":"west"}', { longitude: 'west' }, 'f.longitude VALUE_UNKNOWN'],
    ['{"latitude":340}', { latitude: 340 }, 'f.latitude VALUE_UNKNOWN'],
    ['{"building":"B","address1":"1 Main"}', { address1: '1 Main', building: 'B' }],
    ['{"zip":""}', undefined],
    ['1 Main St', undefined, 'INVALID_JSON'],
    ['["zip"]', undefined, 'INVALID_JSON'],
  ]);
});
