/* global clearTimeout, document, fetch, sessionStorage, setTimeout */
'use strict';

const keyField = document.getElementById('key');
const workspaceField = document.getElementById('workspace');
const bucketField = document.getElementById('bucket');
const message = document.getElementById('message');
const list = document.getElementById('uploads');
const kept = { key: keyField, workspace: workspaceField, bucket: bucketField };
const columns = [
  'read',
  'created',
  'updated',
  'unchanged',
  'disabled',
  'deleted',
  'parked',
  'superseded',
  'errored',
  'warnings',
];
const refreshMs = 3000;
let timer;
let round = 0;

async function call(path) {
  const headers = { 'x-api-key': sessionStorage.getItem('key') };
  const workspace = sessionStorage.getItem('workspace');
  const bucket = sessionStorage.getItem('bucket');
  if (workspace) headers['X-Param-Override-WorkspaceId'] = workspace;
  if (bucket) headers['X-Param-Override-BucketId'] = bucket;
  const response = await fetch(path, { headers });
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.error.code}: ${body.error.message}`);
  return body;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function bar({ done, total }) {
  return element('progress', { max: Math.max(total, 1), value: total === 0 ? 0 : done, title: `${done} of ${total}` });
}

function entityTable(upload) {
  const entities = [...new Set([...Object.keys(upload.progress), ...Object.keys(upload.counts)])];
  if (entities.length === 0) return '';
  const head = ['entity', 'validate', 'commit', ...columns].map((name) => element('th', { scope: 'col' }, name));
  const rows = entities.map((entity) => {
    const progress = upload.progress[entity];
    const counts = upload.counts[entity];
    return element(
      'tr',
      {},
      element('td', {}, entity),
      element('td', {}, progress ? bar(progress.validate) : ''),
      element('td', {}, progress ? bar(progress.commit) : ''),
      ...columns.map((name) => {
        const count = counts ? counts[name] : undefined;
        return element(
          'td',
          count && (name === 'errored' || name === 'parked') ? { class: name } : {},
          String(count ?? ''),
        );
      }),
    );
  });
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows));
  return element('div', { class: 'scroll' }, table);
}

function card(upload) {
  const state = upload.finishedAt ? upload.status : `${upload.status}: ${upload.step}`;
  const title = element(
    'h3',
    {},
    element('span', { class: upload.status }, state),
    ' ',
    element('code', {}, upload.uploadId),
  );
  const when = `${new Date(upload.acceptedAt).toLocaleString()} · ${upload.source} · ${upload.mode}`;
  const made = element('article', {}, element('header', {}, title, element('span', { class: 'when' }, when)));
  if (upload.failure) {
    const { code, message: text, entity, line } = upload.failure;
    const place = [entity, line && `line ${line}`].filter(Boolean).join(', ');
    made.append(element('p', { class: 'failed' }, `${code}: ${text}${place ? ` (${place})` : ''}`));
  }
  made.append(entityTable(upload));
  return made;
}

async function refresh() {
  clearTimeout(timer);
  if (!sessionStorage.getItem('key')) return;
  round += 1;
  const mine = round;
  try {
    const { uploads } = await call('/v1/uploads?limit=20');
    const details = await Promise.all(uploads.map((upload) => call(`/v1/uploads/${upload.uploadId}`)));
    // An answer for a key that was changed meanwhile is not shown.
    if (mine !== round) return;
    list.replaceChildren(...details.map(card));
    message.textContent = details.length === 0 ? 'No uploads yet.' : '';
  } catch (error) {
    if (mine !== round) return;
    list.replaceChildren();
    message.textContent = error.message;
  }
  timer = setTimeout(refresh, refreshMs);
}

document.getElementById('open').addEventListener('click', () => {
  for (const [name, field] of Object.entries(kept)) sessionStorage.setItem(name, field.value.trim());
  refresh();
});

document.getElementById('forget').addEventListener('click', () => {
  round += 1;
  clearTimeout(timer);
  for (const [name, field] of Object.entries(kept)) {
    sessionStorage.removeItem(name);
    field.value = '';
  }
  list.replaceChildren();
  message.textContent = '';
});

keyField.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') document.getElementById('open').click();
});

for (const [name, field] of Object.entries(kept)) field.value = sessionStorage.getItem(name) ?? '';
refresh();
