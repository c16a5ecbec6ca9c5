import type { SubscriptionProtocol } from '../db/queries/subscriptions';
import { addressesOf, isLoopbackAddress, isPublicAddress } from '../platform/public-endpoint';
import { Refusal } from './refusal';

const queueArn = /^arn:aws(-[a-z]+)*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}$/;
const longestEndpoint = 1000;

export interface Endpoint {
  protocol: SubscriptionProtocol;
  endpoint: string;
}

/**
 * Understands where events shall go: an HTTPS address that everybody can reach, or an SQS queue by ARN.
 * @param allowLoopback also HTTP and HTTPS on this machine, for the embedded stack
 * @throws Refusal INVALID_REQUEST, or ENDPOINT_NOT_PUBLIC for an address that is not everybody's
 */
export async function readEndpoint(given: string, allowLoopback: boolean): Promise<Endpoint> {
  if (given.length > longestEndpoint) throw invalid(`at most ${longestEndpoint} characters`);
  if (given.startsWith('arn:')) {
    if (queueArn.test(given)) return { protocol: 'sqs', endpoint: given };
    throw invalid('the ARN of an SQS queue that is not FIFO');
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid('an address that begins with https://, or the ARN of an SQS queue');
  }
  if (url.username || url.password || url.hash) throw invalid('no user, password or # in it');
  const addresses = await addressesOf(url.hostname);
  if (addresses.length === 0) throw invalid('its host is not known');
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  if (allowLoopback && addresses.every(isLoopbackAddress)) return { protocol, endpoint: url.href };
  if (!addresses.every(isPublicAddress)) {
    throw new Refusal('ENDPOINT_NOT_PUBLIC', 'endpoint: its host is not on the public internet.', {
      field: 'endpoint',
    });
  }
  if (protocol === 'http') throw invalid('https, so that nobody reads along');
  return { protocol, endpoint: url.href };
}

/** The same endpoint as SNS sees it when it is taken: one endpoint is one subscription of a topic. */
export function distinctTarget({ protocol, endpoint }: Endpoint, subscriptionId: string): string | undefined {
  if (protocol === 'sqs') return undefined;
  const url = new URL(endpoint);
  url.searchParams.append('careway-subscription', subscriptionId);
  return url.href;
}

function invalid(reason: string): Refusal {
  return new Refusal('INVALID_REQUEST', `endpoint: ${reason}.`, { field: 'endpoint' });
}
