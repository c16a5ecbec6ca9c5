import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { refersBy, toFamily, tripleFields, tripleReferences } from './reference-triple';

/** Family income (data-model A.8). The members it names are soft references (A.10). */
export const familyIncome: EntityDefinition = {
  name: 'family_income',
  title: 'Family Income',
  entityType: 'wks_family_extensions',
  dataSourceCode: 'cc-family-income',
  description: 'An income of a family for a period.',
  fields: [
    entityId,
    ...tripleFields(toFamily),
    comment,
    customData([
      { name: 'incomeSource', kind: 'string', description: 'Where the income comes from.' },
      { name: 'parentId', kind: 'string', description: 'Family member who earns it.' },
      { name: 'childId', kind: 'string', description: 'Child it is for.' },
      { name: 'incomeType', kind: 'string', description: 'Kind of income.' },
      { name: 'countable', kind: 'bool', description: 'Whether it counts.' },
      { name: 'startDate', kind: 'date', description: 'First day.' },
      { name: 'endDate', kind: 'date', description: 'Last day.' },
      { name: 'monthlyIncome', kind: 'number', description: 'Dollars a month.' },
    ]),
    ...commonFields(),
  ],
  ...refersBy(
    ...tripleReferences(toFamily),
    { field: 'data.parentId', target: 'family_member', soft: true },
    { field: 'data.childId', target: 'family_member', soft: true },
  ),
};
