import type { S3Client } from '@aws-sdk/client-s3';
import type { DoorDeps } from '../doors/start-upload';
import type { SubscriptionDeps } from '../doors/subscriptions';
import type { Metrics } from '../platform/metrics';
import type { Tracing } from '../platform/tracing';
import type { ChangeWatch } from './change-watch';
import type { Limiter } from './limits/limiter';

export interface ApiDeps extends DoorDeps {
  /** What subscriptions need beside: the topic, and who may be reached. */
  subscriptions: SubscriptionDeps;
  s3: S3Client;
  bucket: string;
  /** Folder with the console's static files. */
  webFolder: string;
  /** Folder with the documentation, of which the console links to the API's page. */
  docsFolder: string;
  version: string;
  /** Metrics and traces of this process; where they are not set there are none. */
  metrics?: Metrics;
  tracing?: Tracing;
  limiter: Limiter;
  /** For readers that wait for changes. */
  changes: ChangeWatch;
  /** Largest file that a place is given for. */
  maxFileBytes: number;
  /** Says on every answer that browsers come back over TLS only; for a server that speaks it. */
  hsts?: boolean;
  /** Proxies in front, whose word on the address of a caller is taken. */
  trustedProxies?: number;
  /** Linked from the console when set: the page of Temporal, and the namespace of our runs. */
  temporalUi?: { url: string; namespace: string };
}
