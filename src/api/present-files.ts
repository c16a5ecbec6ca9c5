import type { Knex } from 'knex';
import { findFile } from '../db/queries/files';
import { Refusal } from '../doors/refusal';
import type { Store } from '../platform/read-objects';
import { objectExists } from './file-store';

/** A file that was never PUT would only fail the upload later, so it is said at once. */
export async function requirePresentFiles(
  deps: Store & { db: Knex },
  tenantId: number,
  fileIds: readonly string[],
): Promise<void> {
  for (const fileId of fileIds) {
    const file = await findFile(deps.db, tenantId, fileId);
    if (!file || !(await objectExists(deps, file.objectKey))) {
      throw new Refusal(
        'FILE_NOT_FOUND',
        file
          ? 'A file is not there yet. PUT it to the URL of POST /appfile/file/path first.'
          : 'A file is not known. Ask for a place with POST /appfile/file/path first.',
        { field: 'files', details: { fileId } },
      );
    }
  }
}
