import type { StackFile } from './stack-file';

/** What a person needs next: where to look, and one call to copy. */
export function printAddresses(addresses: StackFile): void {
  console.log(`
  API          ${addresses.apiUrl}
  Console      ${addresses.consoleUrl}
  Temporal UI  ${addresses.temporalUiUrl}
  PostgreSQL   ${addresses.databaseUrl}
  SFTP         sftp -P ${addresses.sftp.port} ${addresses.sftp.user}@${addresses.sftp.host}  password ${addresses.sftp.password}
  S3 and SNS   ${addresses.s3Endpoint}  bucket ${addresses.bucket}

  curl -s '${addresses.apiUrl}/v1/uploads?limit=5' \\
    -H 'x-api-key: ${addresses.integratorKey}' \\
    -H 'X-Param-Override-WorkspaceId: ${addresses.workspaceId}' -H 'X-Param-Override-BucketId: ${addresses.bucketId}'`);
}
