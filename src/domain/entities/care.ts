import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { careType, entityStatus } from './enums';
import { careRateFields, dateRange, familyFeeFields, scheduleFields } from './sub-models';

/** Care service (data-model A.4). */
export const care: EntityDefinition = {
  name: 'care',
  title: 'Care Service',
  entityType: 'wks_service',
  dataSourceCode: 'cc-service-care',
  description: 'A child in the care of a provider for a period, with schedules, rates and fees.',
  fields: [
    entityId,
    { name: 'childId', kind: 'id', required: true, description: 'Child in care.' },
    { name: 'childName', kind: 'name', personal: true, description: 'Copy of the name of the child.' },
    { name: 'childDOB', kind: 'date', past: true, personal: true, description: 'Copy of the birthday of the child.' },
    { name: 'providerId', kind: 'id', required: true, description: 'Provider of the care.' },
    { name: 'providerName', kind: 'name', description: 'Copy of the name of the provider.' },
    { name: 'startDate', kind: 'date', required: true, description: 'First day of care.' },
    { name: 'endDate', kind: 'date', description: 'Last day of care.' },
    { name: 'careType', ...careType, description: 'Kind of care.' },
    { name: 'fundingSource', kind: 'string', description: 'Program that pays.' },
    { name: 'schedules', kind: 'list', fields: scheduleFields, description: 'Hours of care.' },
    { name: 'isVariable', kind: 'bool', description: 'Whether the hours vary.' },
    { name: 'IsAlternative', kind: 'bool', description: 'Whether this is alternative care; capital I as documented.' },
    { name: 'providerRates', kind: 'list', fields: careRateFields, description: 'Rates of the provider.' },
    { name: 'rmcRates', kind: 'list', fields: careRateFields, description: 'Ceilings of the regional market.' },
    { name: 'familyFee', kind: 'list', fields: familyFeeFields, description: 'What the family pays.' },
    { name: 'status', ...entityStatus, description: 'State of the care.' },
    comment,
    customData([
      { name: 'contractCode', kind: 'string', description: 'Code of the contract.' },
      { name: 'contractName', kind: 'string', description: 'Name of the contract.' },
      { name: 'specialNeedFactor', kind: 'free', description: 'Passed through: its type differs between sources.' },
      { name: 'IsSecondary', kind: 'bool', description: 'Whether this is secondary care; capital I as documented.' },
    ]),
    ...commonFields(),
  ],
  references: [
    { field: 'childId', target: 'family_member' },
    { field: 'providerId', target: 'provider' },
  ],
  exposes: {},
  copies: [
    { field: 'childName', of: 'childId', attribute: 'name' },
    { field: 'childDOB', of: 'childId', attribute: 'dob' },
    { field: 'providerName', of: 'providerId', attribute: 'name' },
  ],
  matches: [],
  checks: [dateRange],
};
