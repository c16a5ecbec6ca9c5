import { attendance } from './attendance';
import { attendanceSums } from './attendance-sums';
import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { entityStatus, providerType } from './enums';
import { dateRange } from './sub-models';

/** Claim attendance (data-model A.7): what a provider submits in CCN, and a parent signs. Only CCN writes it (E-39). */
export const claimAttendance: EntityDefinition = {
  name: 'claim_attendance',
  title: 'Claim Attendance',
  entityType: 'wks_attendance',
  dataSourceCode: 'cc-claim-attendance',
  description: 'What a provider reports of a child under a claim. Only a key with the scope `ccn` may import it.',
  writer: 'ccn',
  submissions: true,
  fields: [
    entityId,
    {
      name: 'claimId',
      kind: 'id',
      defaultFrom: 'entityId',
      description: 'Claim that it belongs to.',
    },
    { name: 'childId', kind: 'id', description: 'Child in care.' },
    { name: 'childName', kind: 'name', personal: true, description: 'Copy of the name of the child.' },
    { name: 'childDOB', kind: 'date', past: true, personal: true, description: 'Copy of the birthday of the child.' },
    { name: 'providerId', kind: 'id', description: 'Provider that reports it.' },
    { name: 'providerName', kind: 'name', description: 'Copy of the name of the provider.' },
    { name: 'providerType', ...providerType, description: 'Kind of provider.' },
    { name: 'startDate', kind: 'date', description: 'First day of the period of the claim.' },
    { name: 'endDate', kind: 'date', description: 'Last day of the period of the claim.' },
    { name: 'familyId', kind: 'id', description: 'Family of the child.' },
    attendance,
    { name: 'parentSignDate', kind: 'timestamp', description: 'When the parent signed, `yyyyMMddHHmmss`.' },
    {
      name: 'parentSignature',
      kind: 'image',
      apart: true,
      personal: true,
      description: 'Signature of the parent, an image in Base64.',
    },
    { name: 'providerSignDate', kind: 'timestamp', description: 'When the provider signed, `yyyyMMddHHmmss`.' },
    {
      name: 'providerSignature',
      kind: 'image',
      apart: true,
      personal: true,
      description: 'Signature of the provider, an image in Base64.',
    },
    { name: 'status', ...entityStatus, description: 'State of the record.' },
    comment,
    customData([]),
    ...commonFields([
      { name: 'customerId', kind: 'string', outerAliases: ['customerId'], description: 'Customer id of CCN.' },
      { name: 'customerName', kind: 'string', outerAliases: ['customerName'], description: 'Customer name of CCN.' },
    ]),
  ],
  references: [
    { field: 'claimId', target: 'claim' },
    { field: 'childId', target: 'family_member' },
    { field: 'providerId', target: 'provider' },
    { field: 'familyId', target: 'family' },
  ],
  exposes: {},
  copies: [
    { field: 'childName', of: 'childId', attribute: 'name' },
    { field: 'childDOB', of: 'childId', attribute: 'dob' },
    { field: 'providerName', of: 'providerId', attribute: 'name' },
  ],
  matches: [],
  checks: [dateRange, ...attendanceSums],
};
