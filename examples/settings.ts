import { existsSync, readFileSync } from 'node:fs';

/** Where the API is and who asks. */
export interface Settings {
  apiUrl: string;
  apiKey: string;
  workspaceId: string;
  bucketId: string;
  /** Messages of other topics are refused; unset: of none. */
  topicArn?: string;
  /** `unchecked` is for the embedded SNS alone, which signs nothing: everybody could send such messages. */
  signatures: 'checked' | 'unchecked';
  /** Where certificates and confirmations may come from. */
  snsHosts: RegExp;
}

const amazon = /^sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?$/;
const names = ['CAREWAY_API_URL', 'CAREWAY_API_KEY', 'CAREWAY_WORKSPACE_ID', 'CAREWAY_BUCKET_ID'] as const;

/**
 * From CAREWAY_API_URL, CAREWAY_API_KEY, CAREWAY_WORKSPACE_ID and CAREWAY_BUCKET_ID, or those of the stack that runs on
 * this machine. SNS_TOPIC_ARN, SNS_HOSTS (a pattern) and SNS_SIGNATURES are the receiver's.
 * @throws Error when there is neither
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const receiving = {
    ...(env.SNS_TOPIC_ARN && { topicArn: env.SNS_TOPIC_ARN }),
    signatures: env.SNS_SIGNATURES === 'unchecked' ? ('unchecked' as const) : ('checked' as const),
    snsHosts: env.SNS_HOSTS ? new RegExp(env.SNS_HOSTS) : amazon,
  };
  const [apiUrl, apiKey, workspaceId, bucketId] = names.map((name) => env[name]);
  if (apiUrl && apiKey && workspaceId && bucketId) return { apiUrl, apiKey, workspaceId, bucketId, ...receiving };
  const file = '.careway/stack.json';
  if (!existsSync(file)) throw new Error(`Start the stack (npm run stack), or set ${names.join(', ')}`);
  const stack = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const own = {
    apiUrl: stack.apiUrl ?? '',
    apiKey: stack.integratorKey ?? '',
    workspaceId: stack.workspaceId ?? '',
    bucketId: stack.bucketId ?? '',
    topicArn: stack.topicArn ?? '',
  };
  const sns = new URL(stack.snsEndpoint ?? '');
  if (sns.hostname !== '127.0.0.1') return { ...receiving, ...own };
  return {
    ...receiving,
    ...own,
    signatures: 'unchecked',
    snsHosts: new RegExp(`^(127\\.0\\.0\\.1|localhost):${sns.port}$`),
  };
}
