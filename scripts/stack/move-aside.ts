import { existsSync, renameSync } from 'node:fs';

/** Makes room for a new file or folder without deleting the old one, and says where it went. */
export function moveAside(file: string, reason: string, report: (line: string) => void): void {
  if (!existsSync(file)) return;
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const target = `${file}.aside-${stamp}`;
  renameSync(file, target);
  report(`${reason}: moved to ${target}, starting with an empty one`);
}
