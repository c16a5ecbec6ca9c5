import { forbiddenInNames, maxPatientFileNameBytes } from '../../inbox/sftp-names';

/**
 * Name of a results file: `{yyyy-MM-dd}_{original name}`, of a second run on that day `{yyyy-MM-dd}-2_{original name}` and
 * so on. Clients look for `*{original name}` and take the newest (data-model E-30), so the number stands with the date.
 * Of a file that came another way than our SFTP server, under a name that the server could not show, the name is cut in
 * front of its extension, and what is forbidden in it becomes `_`.
 * @param day yyyy-MM-dd in the zone of the tenant
 * @param run 1 for the first run of the day
 */
export function resultsFileName(originalName: string, day: string, run: number): string {
  return `${day}${run > 1 ? `-${run}` : ''}_${shownName(originalName)}`;
}

function shownName(name: string): string {
  const allowed = name.replace(new RegExp(forbiddenInNames, 'g'), '_');
  if (Buffer.byteLength(allowed) <= maxPatientFileNameBytes) return allowed;
  const [extension] = /\.[a-z0-9]{1,10}$/i.exec(allowed) ?? [''];
  let left = maxPatientFileNameBytes - extension.length;
  let start = '';
  for (const character of allowed) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    start += character;
  }
  return start + extension;
}
