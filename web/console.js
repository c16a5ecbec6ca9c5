/* global clearTimeout, document, fetch, sessionStorage, setTimeout */
'use strict';

const form = document.getElementById('access');
const message = document.getElementById('message');
const list = document.getElementById('uploads');
const kept = Object.fromEntries(['key', 'workspace', 'bucket'].map((name) => [name, document.getElementById(name)]));
const { temporal, namespace } = document.body.dataset;
const columns = [
  'read',
  'created',
  'updated',
  'unchanged',
  'disabled',
  'deleted',
  'superseded',
  'parked',
  'errored',
  'warnings',
];
const refreshMs = 3000;
const rowsAtOnce = 50;
/** What is shown of an upload's rows, by upload: it stays open while the list is drawn anew. */
const opened = new Map();
let timer;
let round = 0;
let drawn;

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

function table(names, rows) {
  const head = names.map((name) => element('th', { scope: 'col' }, name));
  const made = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows));
  return element('div', { class: 'scroll' }, made);
}

function button(label, act) {
  const made = element('button', { type: 'button' }, label);
  made.addEventListener('click', act);
  return made;
}

function bar({ done, total }) {
  return element('progress', { max: Math.max(total, 1), value: total === 0 ? 0 : done, title: `${done} of ${total}` });
}

/** Outcomes that no row has take no column; the bars are gone once there is nothing to wait for. */
function entityTable({ counts, progress = {}, finishedAt }) {
  const entities = [...new Set([...Object.keys(progress), ...Object.keys(counts)])].sort();
  if (entities.length === 0) return '';
  const used = columns.filter((name) => name === 'read' || entities.some((entity) => counts[entity]?.[name] > 0));
  const bars = finishedAt ? [] : ['validate', 'commit'];
  const rows = entities.map((entity) => {
    const cell = (name) => {
      const count = counts[entity]?.[name] ?? '';
      return element('td', { class: count ? name : 'none' }, String(count));
    };
    const barOf = (phase) => element('td', {}, progress[entity] ? bar(progress[entity][phase]) : '');
    return element('tr', {}, element('td', {}, entity), ...bars.map(barOf), ...used.map(cell));
  });
  return table(['entity', ...bars, ...used], rows);
}

/** Ids and codes only: what the rows hold is not for a screen that others may see. */
function problemRow({ entity, rowNo, entityId, outcome, problems, settlement }) {
  const texts = problems.map(({ code, message: text }) => `${code}: ${text}`);
  const since = settlement ? `, since then ${settlement.state}` : '';
  const cells = [entity, String(rowNo), entityId ?? '', `${outcome}${since}`];
  return element(
    'tr',
    {},
    ...cells.map((text) => element('td', {}, text)),
    element('td', { class: 'wide' }, ...texts.map((text) => element('div', {}, text))),
  );
}

async function showMore(uploadId, shown) {
  const after = shown.cursor ? `&cursor=${encodeURIComponent(shown.cursor)}` : '';
  const page = await call(`/v1/uploads/${uploadId}/rows?outcome=errored,parked&limit=${rowsAtOnce}${after}`);
  shown.rows.push(...page.rows.map(problemRow));
  shown.cursor = page.nextCursor;
}

function drawProblems(uploadId, place) {
  const shown = opened.get(uploadId);
  const act = async () => {
    const next = shown ?? { rows: [], cursor: null };
    opened.set(uploadId, next);
    try {
      await showMore(uploadId, next);
      drawProblems(uploadId, place);
    } catch (error) {
      message.textContent = error.message;
    }
  };
  const close = () => {
    opened.delete(uploadId);
    drawProblems(uploadId, place);
  };
  if (!shown) {
    place.replaceChildren(button('Show rows', act));
    return;
  }
  const more = shown.cursor ? [button('More', act)] : [];
  const head = ['entity', 'line', 'id', 'outcome', 'problems'];
  const rows = shown.rows.length > 0 ? table(head, shown.rows) : element('p', {}, 'None.');
  place.replaceChildren(rows, ...more, button('Hide rows', close));
}

function problemsOf(upload) {
  const sums = Object.values(upload.counts);
  const named = ['errored', 'parked'].map((name) => [name, sums.reduce((sum, counts) => sum + counts[name], 0)]);
  const some = named.filter(([, count]) => count > 0);
  if (some.length === 0) return '';
  const place = element('div', { class: 'problems' });
  drawProblems(upload.uploadId, place);
  const text = some.map(([name, count]) => element('span', { class: name }, `${count} ${name} `));
  return element('section', {}, element('p', {}, ...text), place);
}

function card(upload) {
  const { uploadId, status, step, source, mode, description, failure } = upload;
  const state = upload.finishedAt ? status : `${status}: ${step}`;
  const title = element('h3', {}, element('span', { class: status }, state), ' ', element('code', {}, uploadId));
  const facts = [new Date(upload.acceptedAt).toLocaleString(), source, mode, description].filter(Boolean).join(' · ');
  const when = element('span', { class: 'when' }, facts);
  if (temporal) {
    const run = `${temporal}/namespaces/${namespace}/workflows/${encodeURIComponent(`upload/${uploadId}`)}`;
    when.append(' · ', element('a', { href: run, rel: 'noreferrer' }, 'run'));
  }
  const made = element('article', {}, element('header', {}, title, when));
  if (failure) {
    const place = [failure.entity, failure.line && `line ${failure.line}`].filter(Boolean).join(', ');
    made.append(element('p', { class: 'failed' }, `${failure.code}: ${failure.message}${place ? ` (${place})` : ''}`));
  }
  made.append(entityTable(upload), problemsOf(upload));
  return made;
}

/** What runs has its progress asked for besides; what is over says all in the list. */
const inFull = (upload) => (upload.finishedAt ? upload : call(`/v1/uploads/${upload.uploadId}`));

async function refresh() {
  clearTimeout(timer);
  if (!sessionStorage.getItem('key')) return;
  round += 1;
  const mine = round;
  try {
    const { uploads } = await call('/v1/uploads?limit=20');
    const details = await Promise.all(uploads.map(inFull));
    // An answer for a key that was changed meanwhile is not shown.
    if (mine !== round) return;
    // What has not changed stays as it is, with whatever is marked in it.
    const state = JSON.stringify(details);
    if (state !== drawn) list.replaceChildren(...details.map(card));
    drawn = state;
    message.textContent = details.length === 0 ? 'No uploads yet.' : '';
  } catch (error) {
    if (mine !== round) return;
    drawn = undefined;
    list.replaceChildren();
    message.textContent = error.message;
  }
  // Requests count for the key: a page that nobody looks at makes none.
  if (!document.hidden) timer = setTimeout(refresh, refreshMs);
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  for (const [name, field] of Object.entries(kept)) sessionStorage.setItem(name, field.value.trim());
  opened.clear();
  drawn = undefined;
  void refresh();
});

document.getElementById('forget').addEventListener('click', () => {
  round += 1;
  clearTimeout(timer);
  for (const [name, field] of Object.entries(kept)) {
    sessionStorage.removeItem(name);
    field.value = '';
  }
  opened.clear();
  drawn = undefined;
  list.replaceChildren();
  message.textContent = '';
});

for (const [name, field] of Object.entries(kept)) field.value = sessionStorage.getItem(name) ?? '';
void refresh();
