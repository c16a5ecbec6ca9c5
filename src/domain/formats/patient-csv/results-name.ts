/**
 * Name of a results file: `{yyyy-MM-dd}_{original name}`, of a second run on that day `{yyyy-MM-dd}-2_{original name}` and
 * so on. Clients look for `*{original name}` and take the newest (data-model E-30), so the number stands with the date.
 * @param day yyyy-MM-dd in the zone of the tenant
 * @param run 1 for the first run of the day
 */
export function resultsFileName(originalName: string, day: string, run: number): string {
  return `${day}${run > 1 ? `-${run}` : ''}_${originalName}`;
}
