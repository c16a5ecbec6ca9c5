import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { entityStatus, familyType } from './enums';
import { addressPair } from './sub-models';

/** Family (data-model A.1). */
export const family: EntityDefinition = {
  name: 'family',
  title: 'Family',
  entityType: 'wks_family',
  dataSourceCode: 'cc-family',
  description: 'A family in a care program: the root that its members, cares and claims hang on.',
  fields: [
    entityId,
    { name: 'name', kind: 'name', required: true, personal: true, description: 'Display name.' },
    { name: 'email', kind: 'email', personal: true, description: 'E-mail address.' },
    { name: 'phone', kind: 'phone', personal: true, description: 'Phone number.' },
    { name: 'phone2', kind: 'phone', personal: true, description: 'Second phone number.' },
    ...addressPair(),
    { name: 'singleParent', kind: 'bool', description: 'Whether one parent lives with the family.' },
    { name: 'familySize', kind: 'int', description: 'Number of people that count.' },
    { name: 'familyMonthlyIncome', kind: 'money', personal: true, description: 'Dollars a month.' },
    { name: 'familyType', ...familyType, description: 'Kind of family.' },
    { name: 'status', ...entityStatus, description: 'State of the family.' },
    { name: 'homeless', kind: 'bool', description: 'Whether the family has no home.' },
    { name: 'language', kind: 'language', description: 'Preferred language.' },
    comment,
    customData([
      { name: 'firstName', kind: 'name', personal: true, description: 'First name of the applicant.' },
      { name: 'lastName', kind: 'name', personal: true, description: 'Last name of the applicant.' },
      { name: 'middleInitial', kind: 'initial', personal: true, description: 'Middle initial of the applicant.' },
      { name: 'countyFamilyId', kind: 'string', description: 'Key of the family at the county.' },
      { name: 'prohibit', kind: 'bool', description: 'Whether the family is barred.' },
      { name: 'prohibitReason', kind: 'string', personal: true, description: 'Why it is barred.' },
      { name: 'cashAidStatus', kind: 'string', description: 'Cash aid status.' },
      { name: 'cashAidTermDate', kind: 'string', description: 'When cash aid ends; a free text.' },
    ]),
    ...commonFields(),
  ],
  references: [],
  exposes: { name: ['name'] },
  copies: [],
  matches: [],
};
