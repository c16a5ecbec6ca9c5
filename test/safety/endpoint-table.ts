import type { ApiScope } from '../../src/db/queries/api-keys';

/** How an endpoint is guarded, and what a call of it looks like. */
export interface Endpoint {
  /** `open` has no key; `any` takes every key of the tenant; `ops` takes that scope, a list any of its scopes. */
  needs: 'open' | 'any' | 'ops' | readonly ApiScope[];
  /** All three headers are required (data-model B.1). */
  careCloud?: true;
  body?: (ids: Ids) => unknown;
  /** Ids in the path that belong to a tenant; a stranger's is answered like one that does not exist. */
  owned?: 'file' | 'upload' | 'schedule' | 'record' | 'snapshot' | 'subscription' | 'event';
  query?: (ids: Ids) => string;
  /** Also the body names what belongs to a tenant. */
  ownedInBody?: true;
  /** What a good call with ids that exist nowhere answers; 404 NOT_FOUND unless said. */
  missing?: string;
}

export interface Ids {
  fileId: string;
  uploadId: string;
  keyId: string;
  scheduleId: string;
  subscriptionId: string;
  eventId: string;
  entityId: string;
  recordId: string;
  snapshotId: string;
  workspaceId: string;
  bucketId: string;
}

const open: Endpoint = { needs: 'open' };
const recordQuery = ({ recordId }: Ids): string => `?id=${recordId}`;
const importing: readonly ApiScope[] = ['upload', 'ccn'];
const reading: readonly ApiScope[] = ['query', 'ccn'];
const importBody = ({ fileId }: Ids): unknown => ({ FileId: fileId });

/**
 * Every endpoint. The test compares this table with what the application answers: a new route fails it until it stands
 * here, and is then called without a key, with bad keys, without its scope and with ids of another tenant.
 */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  'GET /': open,
  'GET /health': open,
  'GET /ready': open,
  'GET /console': open,
  'GET /console/console.js': open,
  'GET /console/console.css': open,
  'GET /docs/api.md': open,
  'GET /metrics': open,

  'POST /appfile/file/path': { needs: importing, careCloud: true, body: () => ({ FileName: 'a.cc5txt' }) },
  'POST /appfile/file/import': { needs: importing, careCloud: true, body: importBody, ownedInBody: true },
  'POST /appdata/import/file/async': { needs: importing, careCloud: true, body: importBody, ownedInBody: true },
  'POST /appfile/file/import/data': { needs: importing, careCloud: true, body: () => ({}) },
  'GET /appfile/file/:fileId': { needs: importing, careCloud: true, owned: 'file' },
  'ALL /appdata/:entity/create': { needs: 'any', careCloud: true, body: () => ({}) },
  'ALL /appdata/:entity/update': { needs: 'any', careCloud: true, body: () => ({}) },
  'ALL /appdata/:entity/delete': { needs: 'any', careCloud: true, body: () => ({}) },
  'POST /appdata/:entity/query': { needs: reading, careCloud: true, body: () => ({}) },
  'GET /appdata/:entity/retrieve': { needs: reading, careCloud: true, owned: 'record', query: recordQuery },
  'POST /appdata/:entity/retrieve': {
    needs: reading,
    careCloud: true,
    body: ({ recordId }) => ({ id: recordId }),
    ownedInBody: true,
  },
  'POST /status/refresh': { needs: 'any', careCloud: true, body: () => ({}) },

  'POST /v1/uploads': {
    needs: importing,
    body: ({ fileId }) => ({ files: [{ fileId }] }),
    ownedInBody: true,
    missing: 'FILE_NOT_FOUND',
  },
  'GET /v1/uploads': { needs: importing },
  'GET /v1/uploads/:uploadId': { needs: importing, owned: 'upload' },
  'GET /v1/uploads/:uploadId/rows': { needs: importing, owned: 'upload' },
  'GET /v1/uploads/:uploadId/results': { needs: importing, owned: 'upload' },
  'POST /v1/uploads/:uploadId/cancel': { needs: importing, owned: 'upload' },
  'GET /v1/records/:entity': { needs: reading },
  'GET /v1/records/:entity/:entityId': { needs: reading, owned: 'record' },
  'POST /v1/snapshots': { needs: ['ccn'], body: () => ({ entities: ['family'], keepHours: 1 }) },
  'GET /v1/snapshots': { needs: ['ccn'] },
  'GET /v1/snapshots/:snapshotId': { needs: ['ccn'], owned: 'snapshot' },
  'GET /v1/snapshots/:snapshotId/records/:entity': { needs: ['ccn'], owned: 'snapshot' },
  'DELETE /v1/snapshots/:snapshotId': { needs: ['ccn'], owned: 'snapshot' },
  'GET /v1/schedules': { needs: ['upload'] },
  'POST /v1/schedules/:scheduleId/trigger': { needs: ['upload'], owned: 'schedule', body: () => ({}) },
  'POST /v1/schedules/:scheduleId/pause': { needs: ['upload'], owned: 'schedule', body: () => ({ note: 'x' }) },
  'POST /v1/schedules/:scheduleId/resume': { needs: ['upload'], owned: 'schedule', body: () => ({}) },
  'POST /v1/subscriptions': {
    needs: reading,
    // A port that nobody listens to.
    body: () => ({ endpoint: 'http://127.0.0.1:9/', eventTypes: ['attendance'] }),
  },
  'GET /v1/subscriptions': { needs: reading },
  'GET /v1/subscriptions/:subscriptionId': { needs: reading, owned: 'subscription' },
  'DELETE /v1/subscriptions/:subscriptionId': { needs: reading, owned: 'subscription' },
  'POST /v1/subscriptions/:subscriptionId/pause': { needs: reading, owned: 'subscription', body: () => ({}) },
  'POST /v1/subscriptions/:subscriptionId/resume': { needs: reading, owned: 'subscription', body: () => ({}) },
  'POST /v1/subscriptions/:subscriptionId/test': { needs: reading, owned: 'subscription', body: () => ({}) },
  'GET /v1/events': { needs: reading },
  'POST /v1/events/:eventId/redeliver': { needs: reading, owned: 'event', body: () => ({}) },
  'GET /v1/entities': { needs: 'any' },
  'GET /v1/entities/:name/schema': { needs: 'any' },
  'GET /v1/patient-import/template': { needs: 'any' },

  'POST /v1/tenants': {
    needs: 'ops',
    body: ({ workspaceId, bucketId }) => ({ workspaceId, bucketId, name: 'x', timeZone: 'UTC' }),
  },
  'GET /v1/tenants': { needs: 'ops' },
  'PATCH /v1/tenants/:workspaceId/:bucketId': { needs: 'ops', body: () => ({ name: 'x' }) },
  'POST /v1/api-keys': {
    needs: 'ops',
    body: ({ workspaceId, bucketId }) => ({ workspaceId, bucketId, name: 'x', scopes: ['upload'] }),
  },
  'GET /v1/api-keys': { needs: 'ops' },
  'POST /v1/api-keys/:keyId/rotate': { needs: 'ops', body: () => ({ graceHours: 0 }) },
  'POST /v1/api-keys/:keyId/revoke': { needs: 'ops', body: () => ({}) },
  'POST /v1/sftp-users': {
    needs: 'ops',
    body: ({ workspaceId, bucketId }) => ({ workspaceId, bucketId, username: 'no-such-user' }),
  },
  'GET /v1/sftp-users': { needs: 'ops' },
  'POST /v1/sftp-users/:username/rotate': { needs: 'ops', body: () => ({}) },
  'POST /v1/sftp-users/:username/revoke': { needs: 'ops', body: () => ({}) },
  'GET /v1/audit': { needs: 'ops' },
};
