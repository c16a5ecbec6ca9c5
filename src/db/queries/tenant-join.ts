/**
 * SQL for the tenant of binding `tenantId`, for joins of a set of rows with what is stored. It stands in a subquery of its own,
 * so that the planner goes by the average tenant and not by what it knows of this one: one that is newer than the statistics
 * would be taken for empty, and all that it stores be read once for every row.
 */
export const boundTenant = '(SELECT CAST(:tenantId AS int))';

/**
 * SQL that joins rows with the records `r` that they name, with bindings `tenantId` and `entity`.
 * @param key SQL for the record's `entity_id`
 */
export function isRecord(key: string, entity = ':entity'): string {
  return `r.tenant_id = ${boundTenant} AND r.entity = ${entity} AND r.entity_id = ${key}`;
}
