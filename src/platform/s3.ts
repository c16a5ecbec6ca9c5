import { S3Client } from '@aws-sdk/client-s3';
import type { Config } from './config';
import { patience, type Patience } from './patience';

/**
 * Client for the file store; with an endpoint of its own it is an emulator or another S3-compatible store.
 * @param waits how long it waits for a store that does not answer
 */
export function createS3(aws: Config['aws'], waits: Patience = patience.ofWorkers): S3Client {
  return new S3Client({
    region: aws.region,
    ...(aws.s3Endpoint ? { endpoint: aws.s3Endpoint, forcePathStyle: true } : {}),
    ...waits,
    // A signed URL must fit a plain HTTP PUT, which sends no checksum header.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
