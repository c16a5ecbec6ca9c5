import { z } from 'zod';

/**
 * Every setting of every process, read once. `.env.example` documents each; a missing or malformed one is reported
 * together with all others, by name.
 */
const settings = z.object({
  CAREWAY_DATABASE_URL: z.string().min(1),
  CAREWAY_TEMPORAL_ADDRESS: z.string().min(1),
  CAREWAY_TEMPORAL_NAMESPACE: z.string().default('default'),
  CAREWAY_TEMPORAL_UI_URL: z
    .string()
    .regex(/^(https?:\/\/.+)?$/, 'an http or https address')
    .optional()
    .transform((url) => emptyIsUnset(url)?.replace(/\/+$/, '')),
  CAREWAY_S3_ENDPOINT: z.string().optional(),
  CAREWAY_SNS_ENDPOINT: z.string().optional(),
  CAREWAY_AWS_REGION: z.string().default('us-east-1'),
  CAREWAY_BUCKET: z.string().min(1),
  CAREWAY_TOPIC_ARN: z.string().min(1),
  CAREWAY_PAYLOAD_KEY: z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits (a 256 bit key)'),
  CAREWAY_API_HOST: z.string().default('127.0.0.1'),
  CAREWAY_API_PORT: z.coerce.number().int().min(0).default(8080),
  CAREWAY_TLS_CERT_FILE: z.string().optional(),
  CAREWAY_TLS_KEY_FILE: z.string().optional(),
  CAREWAY_LOOPBACK_SUBSCRIBERS: z.enum(['refuse', 'allow']).default('refuse'),
  CAREWAY_TRUSTED_PROXIES: z.coerce.number().int().min(0).default(0),
  CAREWAY_REQUESTS_PER_SECOND: z.coerce.number().positive().default(50),
  CAREWAY_REQUEST_BURST: z.coerce.number().int().min(1).default(100),
  CAREWAY_MONTHLY_REQUESTS: z.coerce.number().int().min(0).default(5_000_000),
  CAREWAY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CAREWAY_CHUNK_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .default(4 * 1024 * 1024),
  CAREWAY_COMMIT_PAGE_ROWS: z.coerce.number().int().min(1).default(25_000),
  CAREWAY_MAX_FILE_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(5 * 1024 ** 3),
  CAREWAY_RECORDS_AT_ONCE: z.coerce.number().int().min(1).default(3),
  CAREWAY_SFTP_HOST: z.string().default('127.0.0.1'),
  CAREWAY_SFTP_PORT: z.coerce.number().int().min(0).max(65_535).default(2222),
  CAREWAY_SFTP_HOST_KEYS: z.string().min(1).default('.careway/sftp-host-keys'),
  CAREWAY_SFTP_CONNECTIONS: z.coerce.number().int().min(1).default(200),
  CAREWAY_SFTP_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).default(20),
  CAREWAY_SFTP_TRANSFERS: z.coerce.number().int().min(1).default(50),
  CAREWAY_METRICS_HOST: z.string().default('127.0.0.1'),
  CAREWAY_METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  CAREWAY_OTEL_ENDPOINT: z.string().optional().transform(emptyIsUnset),
  CAREWAY_BUILD_ID: z.string().optional().transform(emptyIsUnset),
});

/** Named on the command line of a template, an unset variable arrives as an empty one. */
function emptyIsUnset(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

export interface Config {
  databaseUrl: string;
  /** `uiUrl`: Temporal's own page, linked from the console. */
  temporal: { address: string; namespace: string; uiUrl?: string };
  /** Endpoints are only set for an emulator; credentials come from the AWS SDK's own chain. */
  aws: { region: string; s3Endpoint?: string; snsEndpoint?: string; bucket: string; topicArn: string };
  /** AES-256 key for payloads in Temporal, in hex. */
  payloadKey: string;
  api: {
    host: string;
    port: number;
    /** Files in PEM; without them the API speaks plain HTTP. */
    tls?: { certFile: string; keyFile: string };
    /** Whether events may go to this machine, also over plain HTTP. */
    allowLoopbackSubscribers: boolean;
    /** Proxies in front, whose X-Forwarded-For is believed. */
    trustedProxies: number;
    /** Of each key that has none of its own. */
    keyLimits: { requestsPerSecond: number; burst: number; monthlyRequests: number | null };
  };
  sftp: {
    host: string;
    port: number;
    /** Folder of the host keys; missing ones are made. */
    hostKeysFolder: string;
    connections: number;
    connectionsPerAddress: number;
    /** Files that are open for reading or writing at once; each takes some 25 MB. */
    transfers: number;
  };
  logLevel: string;
  /** Where a process serves its metrics; port 0 is any free one. */
  metrics: { host: string; port: number };
  /** OTLP collector that gets the traces; unset: there are none. */
  otelEndpoint?: string;
  /** Build of this process for worker versioning; unset: workers are not versioned. */
  buildId?: string;
  /** Chunks that one worker works on at once. */
  recordsAtOnce: number;
  limits: { chunkBytes: number; commitPageRows: number; maxFileBytes: number };
}

/**
 * Reads the configuration.
 * @throws Error that names every missing or malformed variable at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = settings.safeParse(env);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path: [name = ''], message }) => {
      return `  ${String(name)}: ${env[String(name)] === undefined ? 'is not set' : message}`;
    });
    throw new Error(`Configuration is incomplete (see .env.example):\n${lines.join('\n')}`);
  }
  const value = parsed.data;
  return {
    databaseUrl: value.CAREWAY_DATABASE_URL,
    temporal: {
      address: value.CAREWAY_TEMPORAL_ADDRESS,
      namespace: value.CAREWAY_TEMPORAL_NAMESPACE,
      uiUrl: value.CAREWAY_TEMPORAL_UI_URL,
    },
    aws: {
      region: value.CAREWAY_AWS_REGION,
      s3Endpoint: value.CAREWAY_S3_ENDPOINT,
      snsEndpoint: value.CAREWAY_SNS_ENDPOINT,
      bucket: value.CAREWAY_BUCKET,
      topicArn: value.CAREWAY_TOPIC_ARN,
    },
    payloadKey: value.CAREWAY_PAYLOAD_KEY,
    api: {
      host: value.CAREWAY_API_HOST,
      port: value.CAREWAY_API_PORT,
      tls: readTls(value.CAREWAY_TLS_CERT_FILE, value.CAREWAY_TLS_KEY_FILE),
      allowLoopbackSubscribers: value.CAREWAY_LOOPBACK_SUBSCRIBERS === 'allow',
      trustedProxies: value.CAREWAY_TRUSTED_PROXIES,
      keyLimits: {
        requestsPerSecond: value.CAREWAY_REQUESTS_PER_SECOND,
        burst: value.CAREWAY_REQUEST_BURST,
        monthlyRequests: value.CAREWAY_MONTHLY_REQUESTS || null,
      },
    },
    sftp: {
      host: value.CAREWAY_SFTP_HOST,
      port: value.CAREWAY_SFTP_PORT,
      hostKeysFolder: value.CAREWAY_SFTP_HOST_KEYS,
      connections: value.CAREWAY_SFTP_CONNECTIONS,
      connectionsPerAddress: value.CAREWAY_SFTP_CONNECTIONS_PER_ADDRESS,
      transfers: value.CAREWAY_SFTP_TRANSFERS,
    },
    logLevel: value.CAREWAY_LOG_LEVEL,
    metrics: { host: value.CAREWAY_METRICS_HOST, port: value.CAREWAY_METRICS_PORT },
    otelEndpoint: value.CAREWAY_OTEL_ENDPOINT,
    buildId: value.CAREWAY_BUILD_ID,
    recordsAtOnce: value.CAREWAY_RECORDS_AT_ONCE,
    limits: {
      chunkBytes: value.CAREWAY_CHUNK_BYTES,
      commitPageRows: value.CAREWAY_COMMIT_PAGE_ROWS,
      maxFileBytes: value.CAREWAY_MAX_FILE_BYTES,
    },
  };
}

/** One without the other is a mistake that would serve in the clear. */
function readTls(
  certFile: string | undefined,
  keyFile: string | undefined,
): { certFile: string; keyFile: string } | undefined {
  if (certFile && keyFile) return { certFile, keyFile };
  if (!certFile && !keyFile) return undefined;
  throw new Error('Configuration is incomplete: CAREWAY_TLS_CERT_FILE and CAREWAY_TLS_KEY_FILE go together');
}
