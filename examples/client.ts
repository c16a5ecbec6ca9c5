import type { Settings } from './settings';

/** What the API refused, with its code. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Calls of the API with its three headers. A busy or broken service is asked again, a few times, with longer pauses. */
export function createClient({ apiUrl, apiKey, workspaceId, bucketId }: Settings) {
  const headers = {
    'Content-Type': 'application/json',
    'x-api-key': apiKey,
    'X-Param-Override-WorkspaceId': workspaceId,
    'X-Param-Override-BucketId': bucketId,
  };

  async function once<Answer>(
    method: string,
    path: string,
    body: unknown,
    more: Record<string, string>,
  ): Promise<Answer> {
    const answer = await fetch(apiUrl + path, {
      method,
      headers: { ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as { error?: Fault; responseStatus?: { errorCode: string; message: string } };
    if (answer.ok) return json as Answer;
    const { errorCode, message } = json.responseStatus ?? {};
    throw new ApiError(
      answer.status,
      json.error?.code ?? errorCode ?? '',
      json.error?.message ?? message ?? '',
      json.error?.details,
    );
  }

  return async function call<Answer>(
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    for (let pauseMs = 500; ; pauseMs *= 2) {
      try {
        return await once<Answer>(method, path, body, more);
      } catch (error) {
        const isOver = error instanceof ApiError && error.status < 500 && error.status !== 429;
        if (isOver || pauseMs > 16_000) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };
}

interface Fault {
  code: string;
  message: string;
  details?: Record<string, string>;
}

export type Call = ReturnType<typeof createClient>;
