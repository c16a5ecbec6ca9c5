import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition, FieldDefinition, RowCheck } from './definition';
import { careType, claimStatus, claimType, gender, providerType } from './enums';
import { addressFields, claimItemFields, dateRange } from './sub-models';

/** What CC4 copies into a claim for printing (data-model A.5); social security and tax numbers are the last four only. */
const printedParties: readonly FieldDefinition[] = [
  {
    name: 'child',
    kind: 'object',
    personal: true,
    description: 'Child as printed.',
    fields: [
      { name: 'firstName', kind: 'name', description: 'First name.' },
      { name: 'lastName', kind: 'name', description: 'Last name.' },
      { name: 'gender', ...gender, description: 'Gender.' },
      { name: 'dob', kind: 'date', past: true, description: 'Birthday.' },
      { name: 'age', kind: 'free', description: 'Age.' },
      { name: 'school', kind: 'string', description: 'School.' },
      { name: 'grade', kind: 'string', description: 'Grade.' },
      { name: 'ssn', kind: 'string', description: 'Last four digits.' },
      { name: 'parentEmail', kind: 'email', description: 'E-mail address of the parent.' },
      { name: 'parentPhone', kind: 'phone', description: 'Phone number of the parent.' },
      { name: 'parentAddress', kind: 'address', fields: addressFields, description: 'Address of the parent.' },
    ],
  },
  {
    name: 'provider',
    kind: 'object',
    personal: true,
    description: 'Provider as printed.',
    fields: [
      { name: 'name', kind: 'name', description: 'Name.' },
      { name: 'email', kind: 'email', description: 'E-mail address.' },
      { name: 'phone', kind: 'phone', description: 'Phone number.' },
      { name: 'address', kind: 'address', fields: addressFields, description: 'Address.' },
      { name: 'taxId', kind: 'string', description: 'Last four digits.' },
      { name: 'isExempt', kind: 'bool', description: 'Whether no license is needed.' },
      { name: 'rmrType', kind: 'string', description: 'Type for market rates.' },
      { name: 'providerType', kind: 'string', description: 'Kind of provider.' },
    ],
  },
  {
    name: 'agency',
    kind: 'object',
    description: 'Agency as printed.',
    fields: [
      { name: 'name', kind: 'name', description: 'Name.' },
      { name: 'claimOwner', kind: 'name', description: 'Owner of the claim.' },
      { name: 'email', kind: 'email', description: 'E-mail address.' },
      { name: 'phone', kind: 'phone', description: 'Phone number.' },
      { name: 'organization', kind: 'string', description: 'Organization.' },
    ],
  },
];

interface ClaimItem {
  price?: unknown;
  quantity?: unknown;
  amount?: unknown;
}

/** A cent of tolerance: prices may have more decimals than the amount (data-model A.5). */
function isOff({ price, quantity, amount }: ClaimItem): boolean {
  if (typeof price !== 'number' || typeof quantity !== 'number' || typeof amount !== 'number') return false;
  return Math.abs(price * quantity - amount) > 0.010001;
}

const itemAmounts: RowCheck = {
  fields: ['items'],
  description: 'The amount of an item is its price times its quantity, to the cent.',
  code: 'AMOUNT_MISMATCH',
  field: 'items.amount',
  fails: ([items]) => Array.isArray(items) && items.some(isOff),
};

/** Claim (data-model A.5). */
export const claim: EntityDefinition = {
  name: 'claim',
  title: 'Claim',
  entityType: 'wks_claim',
  dataSourceCode: 'cc-claim',
  description: 'What a provider is paid for one child and period.',
  fields: [
    entityId,
    { name: 'childId', kind: 'id', required: true, description: 'Child in care.' },
    { name: 'childName', kind: 'name', personal: true, description: 'Copy of the name of the child.' },
    { name: 'childDOB', kind: 'date', past: true, personal: true, description: 'Copy of the birthday of the child.' },
    { name: 'providerId', kind: 'id', required: true, description: 'Provider that is paid.' },
    { name: 'providerName', kind: 'name', description: 'Copy of the name of the provider.' },
    { name: 'providerType', ...providerType, required: true, description: 'Kind of provider, as of the provider.' },
    { name: 'startDate', kind: 'date', required: true, description: 'First day of the period.' },
    { name: 'endDate', kind: 'date', required: true, description: 'Last day of the period.' },
    { name: 'careType', ...careType, description: 'Kind of care.' },
    { name: 'fundingSource', kind: 'string', required: true, description: 'Program that pays.' },
    { name: 'isAdjustment', kind: 'bool', required: true, description: 'Whether it corrects an earlier claim.' },
    { name: 'familyId', kind: 'id', required: true, description: 'Family of the child.' },
    { name: 'claimType', ...claimType, description: 'Normal or adjustment.' },
    { name: 'amount', kind: 'money', description: 'Amount in dollars.' },
    { name: 'items', kind: 'list', fields: claimItemFields, description: 'Items of the claim.' },
    { name: 'familyFee', kind: 'money', description: 'What the family pays.' },
    { name: 'status', ...claimStatus, description: 'State of the claim.' },
    comment,
    customData([
      { name: 'childCareAmount', kind: 'number', description: 'Amount for care.' },
      { name: 'actualFTPlusAmount', kind: 'number', description: 'Amount beyond full time.' },
      { name: 'actualDropInAmount', kind: 'number', description: 'Amount for drop-in care.' },
      { name: 'manualAdjustAmount', kind: 'number', description: 'Manual adjustment.' },
      { name: 'specialNeedFactor', kind: 'free', description: 'Passed through: its type differs between sources.' },
      { name: 'ffCollected', kind: 'number', description: 'Family fee collected.' },
      { name: 'contractCode', kind: 'string', description: 'Code of the contract.' },
      { name: 'exportId', kind: 'string', description: 'Key of the export.' },
      { name: 'ownerName', kind: 'name', description: 'Owner of the claim.' },
      { name: 'ffReceiptNo', kind: 'string', description: 'Receipt of the family fee.' },
      { name: 'payDate', kind: 'date', description: 'Day of payment.' },
      { name: 'periodStart', kind: 'date', description: 'First day of the pay period.' },
      { name: 'periodEnd', kind: 'date', description: 'Last day of the pay period.' },
      { name: 'digitalSubmission', kind: 'bool', description: 'Submitted digitally.' },
      { name: 'isSDM', kind: 'bool', description: 'SDM mark.' },
      { name: 'sdmIsSys', kind: 'bool', description: 'SDM mark, set by the system.' },
      { name: 'careIds', kind: 'strings', description: 'Cares that the claim is for.' },
      ...printedParties,
    ]),
    ...commonFields(),
  ],
  references: [
    { field: 'childId', target: 'family_member' },
    { field: 'providerId', target: 'provider' },
    { field: 'familyId', target: 'family' },
    { field: 'data.careIds', target: 'care', soft: true },
  ],
  exposes: {},
  copies: [
    { field: 'childName', of: 'childId', attribute: 'name' },
    { field: 'childDOB', of: 'childId', attribute: 'dob' },
    { field: 'providerName', of: 'providerId', attribute: 'name' },
  ],
  matches: [
    { field: 'familyId', of: 'childId', attribute: 'familyEntityId' },
    { field: 'providerType', of: 'providerId', attribute: 'providerType' },
  ],
  checks: [dateRange, itemAmounts],
};
