import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { refersBy, toFamily, tripleFields, tripleReferences } from './reference-triple';

/** Family need (data-model A.8). Its dates are numbers in the documentation; read as days like everywhere else. */
export const familyNeed: EntityDefinition = {
  name: 'family_need',
  title: 'Family Need',
  entityType: 'wks_family_extensions',
  dataSourceCode: 'cc-family-need',
  description: 'Why and how much care a family needs.',
  fields: [
    entityId,
    ...tripleFields(toFamily),
    comment,
    customData([
      { name: 'needType', kind: 'string', description: 'Kind of need.' },
      { name: 'parentId', kind: 'string', description: 'Family member whose need it is.' },
      { name: 'incomeType', kind: 'string', description: 'Kind of income.' },
      { name: 'isVariable', kind: 'bool', description: 'Whether the hours vary.' },
      { name: 'startDate', kind: 'date', description: 'First day.' },
      { name: 'endDate', kind: 'date', description: 'Last day.' },
      { name: 'totalDays', kind: 'number', description: 'Days.' },
      { name: 'totalHours', kind: 'number', description: 'Hours.' },
      { name: 'afterHours', kind: 'number', description: 'Hours after the usual ones.' },
      { name: 'summaryTotalDays', kind: 'number', description: 'Days in all.' },
      { name: 'summaryTotalHours', kind: 'number', description: 'Hours in all.' },
      { name: 'summaryAfterHours', kind: 'number', description: 'Hours after the usual ones in all.' },
    ]),
    ...commonFields(),
  ],
  ...refersBy(...tripleReferences(toFamily), { field: 'data.parentId', target: 'family_member', soft: true }),
};
