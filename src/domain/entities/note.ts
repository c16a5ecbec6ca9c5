import { commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { noteAction } from './enums';
import {
  refersBy,
  toClaim,
  toFamily,
  toFamilyCase,
  toProvider,
  triplePair,
  tripleFields,
  tripleReferences,
} from './reference-triple';

const parents = [toFamily, toFamilyCase, toProvider, toClaim] as const;

/** Note (data-model A.8): hangs on a family, a family case, a provider or a claim. */
export const note: EntityDefinition = {
  name: 'note',
  title: 'Note',
  entityType: 'wks_note',
  dataSourceCode: 'cc-note',
  description: 'A remark on a family, a family case, a provider or a claim.',
  fields: [
    entityId,
    ...tripleFields(...parents),
    { name: 'actionDescription', kind: 'string', personal: true, description: 'Text of the note.' },
    { name: 'actionUser', kind: 'string', personal: true, description: 'Logon or e-mail address of its author.' },
    { name: 'actionTime', kind: 'timestamp', description: 'When it was written, `yyyy-MM-ddTHH:mm:ss.fffffffZ`.' },
    { name: 'action', ...noteAction, description: 'Kind of note.' },
    { name: 'isInternal', kind: 'bool', description: 'Whether it is for the agency only.' },
    customData([]),
    ...commonFields(),
  ],
  ...refersBy(...tripleReferences(...parents)),
  checks: [triplePair(...parents)],
};
