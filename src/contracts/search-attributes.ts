import { defineSearchAttributeKey } from '@temporalio/common';

/** By which runs are found in the Temporal UI. Ids and codes only: Temporal keeps search attributes as plain text. */
export const searchAttributes = {
  /** `workspace/bucket`. */
  tenant: defineSearchAttributeKey('CarewayTenant', 'KEYWORD'),
  /** accepted, running, waiting (for its tenant's turn), completed, failed, cancelled. */
  status: defineSearchAttributeKey('CarewayStatus', 'KEYWORD'),
  /** Entities of an upload, or the one of an entity's run. */
  entity: defineSearchAttributeKey('CarewayEntity', 'KEYWORD_LIST'),
  /** The door through which an upload came. */
  source: defineSearchAttributeKey('CarewaySource', 'KEYWORD'),
} as const;

/** Their types as the command line of Temporal names them. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword' | 'KeywordList'>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, type === 'KEYWORD' ? 'Keyword' : 'KeywordList']),
);
