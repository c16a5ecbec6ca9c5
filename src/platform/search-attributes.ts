import type { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { searchAttributeTypes } from '../contracts/search-attributes';

const { IndexedValueType } = temporal.api.enums.v1;
const valueTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/**
 * Registers our search attributes in the namespace, as far as they are not there. Temporal Cloud does not let a client do
 * this: there it is a setting of the namespace.
 * @returns names that were added
 */
export async function ensureSearchAttributes({ connection, options }: Client): Promise<string[]> {
  const { operatorService } = connection as Connection;
  const { namespace } = options;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributeTypes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, valueTypes[type]])),
  });
  return missing.map(([name]) => name);
}
