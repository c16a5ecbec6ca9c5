import { randomUUID } from 'node:crypto';

/** What the sample run needs of the HTTP API, called as any integrator would. */
export interface PortalClient {
  /** Asks for a place for a file and puts the bytes there. */
  sendFile(file: { entity: string; name: string; bytes: Buffer }): Promise<{ fileId: string }>;
  startUpload(fileIds: string[], description: string): Promise<{ uploadId: string }>;
  getUpload(uploadId: string): Promise<UploadView>;
  listRows(uploadId: string): AsyncGenerator<UploadRow>;
  hasUploads(): Promise<boolean>;
}

export interface UploadView {
  status: string;
  step: string;
  failure: { code: string; message: string } | null;
  progress: Record<string, Record<'validate' | 'commit', { done: number; total: number; rows: number }>>;
}

export interface UploadRow {
  entity: string;
  fileId: string;
  rowNo: number;
  entityId: string | null;
  outcome: string;
  problems: { code: string; field?: string | null; severity: string; message: string }[];
}

export interface PortalAccess {
  apiUrl: string;
  workspaceId: string;
  bucketId: string;
  integratorKey: string;
}

export function createPortalClient(access: PortalAccess): PortalClient {
  const headers = {
    'x-api-key': access.integratorKey,
    'X-Param-Override-WorkspaceId': access.workspaceId,
    'X-Param-Override-BucketId': access.bucketId,
  };

  async function call<T>(method: string, path: string, body?: object, extra: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${access.apiUrl}${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}), ...extra },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }

  return {
    sendFile: async ({ entity, name, bytes }) => {
      const place = await call<{ data: { fileId: string; url: string } }>('POST', '/appfile/file/path', {
        WorkspaceId: access.workspaceId,
        BucketId: access.bucketId,
        EntityType: entity,
        FileName: name,
      });
      const stored = await fetch(place.data.url, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: new Uint8Array(bytes),
      });
      if (!stored.ok) throw new Error(`The file store answered ${stored.status} to ${name}: ${await stored.text()}`);
      return { fileId: place.data.fileId };
    },

    startUpload: (fileIds, description) => {
      const files = fileIds.map((fileId) => ({ fileId }));
      // With the key, sending this request again is the same upload, not a second one.
      return call('POST', '/v1/uploads', { files, description }, { 'Idempotency-Key': randomUUID() });
    },

    getUpload: (uploadId) => call('GET', `/v1/uploads/${uploadId}`),

    async *listRows(uploadId) {
      let cursor: string | null = null;
      do {
        const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const page: { rows: UploadRow[]; nextCursor: string | null } = await call(
          'GET',
          `/v1/uploads/${uploadId}/rows?limit=1000${after}`,
        );
        yield* page.rows;
        cursor = page.nextCursor;
      } while (cursor);
    },

    hasUploads: async () => {
      const page = await call<{ uploads: unknown[] }>('GET', '/v1/uploads?limit=1');
      return page.uploads.length > 0;
    },
  };
}
