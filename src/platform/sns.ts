import { SNSClient } from '@aws-sdk/client-sns';
import type { Config } from './config';
import { patience, type Patience } from './patience';

/**
 * Client for the event topic.
 * @param waits how long it waits for a topic that does not answer; publishing holds a lock meanwhile
 */
export function createSns(aws: Config['aws'], waits: Patience = patience.ofPublishers): SNSClient {
  return new SNSClient({ region: aws.region, ...(aws.snsEndpoint ? { endpoint: aws.snsEndpoint } : {}), ...waits });
}
