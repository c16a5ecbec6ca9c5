import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition, FieldDefinition } from './definition';
import { refersBy, toProvider, tripleFields, tripleReferences } from './reference-triple';

const holidayFields: readonly FieldDefinition[] = [
  { name: 'name', kind: 'name', description: 'Name of the holiday.' },
  { name: 'date', kind: 'date', description: 'Day.' },
  { name: 'isPaid', kind: 'bool', description: 'Whether the provider is paid for it.' },
];

/** Provider holiday (data-model A.8). */
export const providerHoliday: EntityDefinition = {
  name: 'provider_holiday',
  title: 'Provider Holiday',
  entityType: 'wks_provider_extensions',
  dataSourceCode: 'cc-provider-holiday',
  description: 'Days of a year on which a provider is closed.',
  fields: [
    entityId,
    ...tripleFields(toProvider),
    comment,
    customData([
      { name: 'year', kind: 'string', description: 'Year.' },
      { name: 'holidays', kind: 'list', fields: holidayFields, description: 'Days of the year.' },
    ]),
    ...commonFields(),
  ],
  ...refersBy(...tripleReferences(toProvider)),
};
