import { commonFields, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { refersBy, toClaim, toProviderPayment, triplePair, tripleFields, tripleReferences } from './reference-triple';

const parents = [toClaim, toProviderPayment] as const;

/** Document (data-model A.9): `data` is what a timesheet or an EOP is printed from, kept as it comes. */
export const document: EntityDefinition = {
  name: 'document',
  title: 'Document',
  entityType: 'wks_document',
  dataSourceCode: 'cc-document',
  description: 'What the timesheet of a claim or the print of a provider payment is made from.',
  fields: [
    entityId,
    ...tripleFields(...parents),
    { name: 'data', kind: 'object', personal: true, description: 'JSON of the timesheet or the EOP.' },
    { name: 'templateCode', kind: 'string', description: 'Code of the PDF template; CCN has one when it is empty.' },
    { name: 'language', kind: 'language', description: 'Language of the print.' },
    ...commonFields(),
  ],
  ...refersBy(...tripleReferences(...parents)),
  checks: [triplePair(...parents)],
};
