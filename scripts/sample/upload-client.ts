import assert from 'node:assert/strict';
import type { UploadCounts, UploadFailure } from '../../src/contracts/upload';
import { sleep } from '../stack/wait';

/** An upload as `GET /v1/uploads/{id}` tells it. */
export interface UploadView {
  uploadId: string;
  status: string;
  step: string;
  progress: Record<string, Record<'validate' | 'commit', { done: number; total: number; rows: number }>>;
  counts: UploadCounts;
  failure: (UploadFailure & Record<string, unknown>) | null;
}

export interface RowView {
  entity: string;
  fileId: string;
  rowNo: number;
  entityId: string | null;
  outcome: string;
  problems: { code: string; field: string | null; severity: string; message: string }[];
  settlement?: { state: string; outcome: string | null; uploadId: string; at: string };
}

export interface UploadOptions {
  idempotencyKey?: string;
  mode?: string;
  atomicity?: string;
  description?: string;
}

/** Where a key is good. */
export interface Place {
  workspaceId: string;
  bucketId: string;
}

/** What every request carries. */
export function accessHeaders({ workspaceId, bucketId }: Place, key: string): Record<string, string> {
  return {
    'x-api-key': key,
    'X-Param-Override-WorkspaceId': workspaceId,
    'X-Param-Override-BucketId': bucketId,
  };
}

/** Uploads as an integrator does: a place for each file, a PUT, one upload of all of them. */
export class UploadClient {
  constructor(
    private readonly apiUrl: string,
    private readonly access: { headers: Readonly<Record<string, string>> },
  ) {}

  /** Puts a file in its place and gives its id. */
  async putFile(fileName: string, content: string | Uint8Array, entityType?: string): Promise<string> {
    const place = (await this.call('POST', '/appfile/file/path', { FileName: fileName, EntityType: entityType })) as {
      data: { fileId: string; url: string };
    };
    const put = await fetch(place.data.url, {
      method: 'PUT',
      body: content as never,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    assert.equal(put.status, 200, `the file store answered ${put.status}`);
    return place.data.fileId;
  }

  /** Starts an upload of files that are in place. */
  async start(fileIds: readonly string[], options: UploadOptions = {}): Promise<string> {
    const { idempotencyKey, ...rest } = options;
    const body = { files: fileIds.map((fileId) => ({ fileId })), ...rest };
    const headers: Record<string, string> = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {};
    const upload = (await this.call('POST', '/v1/uploads', body, headers)) as UploadView;
    return upload.uploadId;
  }

  /** Puts a file and has it imported by itself, in the three calls of CareCloud (data-model B.5). @returns the upload's id */
  async importFile(fileName: string, content: string | Uint8Array): Promise<string> {
    const FileId = await this.putFile(fileName, content);
    const answer = (await this.call('POST', '/appfile/file/import', { FileId, FileType: 'cc5' })) as {
      data: { uploadId: string };
    };
    return answer.data.uploadId;
  }

  /** Puts files, uploads them as one and waits for the end. */
  async upload(files: Record<string, string | Uint8Array>, options: UploadOptions = {}): Promise<UploadView> {
    const fileIds = await Promise.all(Object.entries(files).map(([name, content]) => this.putFile(name, content)));
    return this.finished(await this.start(fileIds, options));
  }

  async get(uploadId: string): Promise<UploadView> {
    return (await this.call('GET', `/v1/uploads/${uploadId}`)) as UploadView;
  }

  /** Waits until an upload is completed, failed or cancelled. */
  async finished(uploadId: string, timeoutMs = 240_000): Promise<UploadView> {
    return this.until(uploadId, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status), timeoutMs);
  }

  async until(uploadId: string, holds: (upload: UploadView) => boolean, timeoutMs = 240_000): Promise<UploadView> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const upload = await this.get(uploadId);
      if (holds(upload)) return upload;
      assert.ok(Date.now() < deadline, `upload is still ${upload.status} in ${upload.step}`);
      await sleep(50);
    }
  }

  async hasUploads(): Promise<boolean> {
    const page = (await this.call('GET', '/v1/uploads?limit=1')) as { uploads: unknown[] };
    return page.uploads.length > 0;
  }

  /** All rows of an upload, page by page. */
  async rows(uploadId: string, query = ''): Promise<RowView[]> {
    const rows: RowView[] = [];
    let cursor: string | null = null;
    do {
      const page = (await this.call(
        'GET',
        `/v1/uploads/${uploadId}/rows?limit=1000&${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      )) as { rows: RowView[]; nextCursor: string | null };
      rows.push(...page.rows);
      cursor = page.nextCursor;
    } while (cursor);
    return rows;
  }

  async text(path: string): Promise<string> {
    const answer = await fetch(this.apiUrl + path, { headers: this.access.headers });
    assert.equal(answer.status, 200, `${path} answered ${answer.status}`);
    return answer.text();
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const answer = await fetch(this.apiUrl + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...this.access.headers, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    assert.ok(answer.ok, `${method} ${path} answered ${answer.status}: ${JSON.stringify(json)}`);
    return json;
  }
}
