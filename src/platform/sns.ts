import { SNSClient } from '@aws-sdk/client-sns';
import type { Config } from './config';

/** Client for the event topic. */
export function createSns(aws: Config['aws']): SNSClient {
  return new SNSClient({ region: aws.region, ...(aws.snsEndpoint ? { endpoint: aws.snsEndpoint } : {}) });
}
