import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { entityStatus } from './enums';
import { refersBy, toFamily, tripleFields, tripleReferences } from './reference-triple';

/** Family case (data-model A.8). Its dates are texts there: only classes named in A.11 are re-formed. */
export const familyCase: EntityDefinition = {
  name: 'family_case',
  title: 'Family Case',
  entityType: 'wks_case',
  dataSourceCode: 'cc-family-case',
  description: 'The case of a family with one program; its category is the funding source.',
  fields: [
    entityId,
    ...tripleFields(toFamily),
    { name: 'name', kind: 'name', personal: true, description: 'Name of the case.' },
    { name: 'status', ...entityStatus, description: 'State of the case.' },
    comment,
    customData([
      { name: 'specialist', kind: 'string', description: 'Specialist in charge.' },
      { name: 'source', kind: 'string', description: 'Where the case comes from.' },
      { name: 'reportCounty', kind: 'string', description: 'County that is reported to.' },
      { name: 'feeWaiver', kind: 'bool', description: 'Whether the fee is waived.' },
      { name: 'cps', kind: 'bool', description: 'Whether child protective services are involved.' },
      { name: 'familySize', kind: 'number', description: 'Number of people that count.' },
      { name: 'requestDate', kind: 'string', description: 'Day of the request.' },
      { name: 'reCertifyDate', kind: 'string', description: 'Day of the next certification.' },
      { name: 'noaEligibilityType', kind: 'string', description: 'Eligibility on the notice of action.' },
      { name: 'noaNeedType', kind: 'string', description: 'Need on the notice of action.' },
      { name: 'contractCode', kind: 'string', description: 'Code of the contract.' },
      { name: 'eligibility', kind: 'string', description: 'Eligibility.' },
      { name: 'divisionNo', kind: 'string', description: 'Number of the division.' },
      { name: 'trustLinePending', kind: 'bool', description: 'Whether the TrustLine check is pending.' },
      { name: 'calWorkActivity', kind: 'string', description: 'CalWORKs activity.' },
      { name: 'signDate', kind: 'string', description: 'Day of the signature.' },
      { name: 'initialSubsidy', kind: 'string', description: 'First subsidy.' },
      { name: 'firstDateOfSubsidizedService', kind: 'string', description: 'First day of subsidized care.' },
      { name: 'stage1EndDate', kind: 'string', description: 'End of stage 1.' },
      { name: 'stage2StarDate', kind: 'string', description: 'Start of stage 2; spelt as documented.' },
      { name: 'stage2EndDate', kind: 'string', description: 'End of stage 2.' },
      { name: 'stage3StarDate', kind: 'string', description: 'Start of stage 3; spelt as documented.' },
    ]),
    ...commonFields(),
  ],
  ...refersBy(...tripleReferences(toFamily)),
};
