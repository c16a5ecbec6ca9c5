import type { S3Client } from '@aws-sdk/client-s3';
import type { DoorDeps } from '../doors/start-upload';

export interface ApiDeps extends DoorDeps {
  s3: S3Client;
  bucket: string;
  /** Folder with the console's static files. */
  webFolder: string;
  /** Folder with the documentation, of which the console links to the API's page. */
  docsFolder: string;
  version: string;
  /** Linked from the console when set. */
  temporalUiUrl?: string;
}
