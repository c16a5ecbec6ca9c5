import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new data folder. Others may pass through it: as root, PostgreSQL runs as another user. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `careway-${purpose}-`));
  chmodSync(folder, 0o711);
  return folder;
}
