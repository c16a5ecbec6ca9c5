import type { UploadWork } from '../db/queries/upload-work';
import type { Severity } from '../domain/problems';
import { severityTable } from '../domain/row-code-tables';

/** Severity by code for one tenant. Warnings may be raised, and waiting rows refused; an error stays an error. */
export function severitiesOf({ settings }: Pick<UploadWork, 'settings'>): Readonly<Record<string, Severity>> {
  const raised = Object.entries(settings.severities ?? {}).filter(
    ([code, severity]) => severity === 'error' && code in severityTable,
  );
  return { ...severityTable, ...Object.fromEntries(raised) };
}
