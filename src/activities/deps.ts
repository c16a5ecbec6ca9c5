import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Config } from '../platform/config';
import type { Logger } from '../platform/logger';
import type { ActivityMeter } from './meter';

/** The outside world, as activities are handed it. */
export interface ActivityDeps {
  db: Knex;
  s3: S3Client;
  sns: SNSClient;
  temporal: Client;
  logger: Logger;
  config: Pick<Config, 'aws' | 'limits'>;
  /** Metrics of the worker; there are none where nobody scrapes. */
  meter?: ActivityMeter;
}
