import { modeOf, type Entry } from './attributes';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const halfYearMs = 182 * 24 * 3600 * 1000;

/** A line as `ls -l` writes it, in UTC: the time of what is recent, the year of what is older. */
export function longName(entry: Entry, now = new Date()): string {
  const permissions = (modeOf(entry) & 0o777).toString(2).padStart(9, '0');
  const letters = [...permissions].map((bit, at) => (bit === '1' ? 'rwx'[at % 3] : '-')).join('');
  const size = String(entry.sizeBytes).padStart(12);
  return `${entry.isFolder ? 'd' : '-'}${letters}    1 careway  careway  ${size} ${dateOf(entry.modified, now)} ${entry.name}`;
}

function dateOf(date: Date, now: Date): string {
  const day = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const isRecent = Math.abs(now.getTime() - date.getTime()) < halfYearMs;
  return isRecent ? `${day} ${date.toISOString().slice(11, 16)}` : `${day}  ${date.getUTCFullYear()}`;
}
