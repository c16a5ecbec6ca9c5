/**
 * Joins a set of rows with the records `r` that they name, in SQL with bindings `tenantId` and `entity`. The tenant stands in a
 * question of its own, so that the planner goes by the average tenant and not by what it knows of this one: one that is newer
 * than the statistics would be taken for empty, and its records be read once for every row.
 * @param key SQL for the record's `entity_id`
 */
export function isRecord(key: string, entity = ':entity'): string {
  return `r.tenant_id = (SELECT CAST(:tenantId AS int)) AND r.entity = ${entity} AND r.entity_id = ${key}`;
}
