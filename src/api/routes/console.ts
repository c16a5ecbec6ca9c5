import { Router } from 'express';
import { uploadStatuses } from '../../contracts/upload';
import { countUploadsByStatus } from '../../db/queries/uploads';
import { acrossTenants } from '../../db/scope';
import type { ApiDeps } from '../deps';

/** The console: a page that shows sums to anyone, and a tenant's uploads to whoever has a key for them. */
export function createConsoleRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.get('/', (_req, res) => res.redirect('/console'));
  routes.get('/console', async (_req, res) => {
    res.type('html').send(renderConsole(deps, await readSums(deps)));
  });
  for (const file of ['console.js', 'console.css']) {
    routes.get(`/console/${file}`, (_req, res) => res.sendFile(file, { root: deps.webFolder }));
  }
  routes.get('/docs/api.md', (_req, res) => {
    res
      .type('text/plain')
      .sendFile('api.md', { root: deps.docsFolder, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
  });
  return routes;
}

interface Sum {
  status: string;
  uploads: number;
}

/** Undefined while the database is away: that is when people look here. */
async function readSums({ db, logger }: ApiDeps): Promise<Sum[] | undefined> {
  try {
    const counted = await acrossTenants(() => countUploadsByStatus(db));
    const byStatus = new Map(counted.map(({ status, uploads }) => [status, uploads]));
    return uploadStatuses.map((status) => ({ status, uploads: byStatus.get(status) ?? 0 }));
  } catch (error) {
    logger.warn({ err: error }, 'uploads could not be counted for the console');
    return undefined;
  }
}

function renderConsole(deps: ApiDeps, sums: readonly Sum[] | undefined): string {
  const tiles = sums?.map(({ status, uploads }) => `<li class="${status}"><b>${uploads}</b> ${status}</li>`).join('');
  const all = tiles
    ? `<ul class="tiles">${tiles}</ul>`
    : '<p class="failed">The database cannot be read: see Readiness.</p>';
  const { url: temporalUrl, namespace } = deps.temporalUi ?? {};
  const temporal = temporalUrl ? `<a href="${escapeHtml(temporalUrl)}">Temporal</a>` : '';
  const runs =
    temporalUrl && namespace
      ? ` data-temporal="${escapeHtml(temporalUrl)}" data-namespace="${escapeHtml(namespace)}"`
      : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Careway</title>
<link rel="stylesheet" href="/console/console.css">
<script src="/console/console.js" defer></script>
</head>
<body${runs}>
<header>
<h1>Careway</h1>
<nav><a href="/docs/api.md">API</a> <a href="/ready">Readiness</a> ${temporal}</nav>
</header>
<main>
<section><h2>All uploads</h2>${all}</section>
<section>
<h2>A tenant's uploads</h2>
<form id="access">
<label>API key <input id="key" type="password" autocomplete="off" spellcheck="false"></label>
<label>Workspace <input id="workspace" autocomplete="off" placeholder="only for an operations key"></label>
<label>Bucket <input id="bucket" autocomplete="off" placeholder="only for an operations key"></label>
<button type="submit">Show</button> <button id="forget" type="button">Forget key</button>
</form>
<p id="message" role="status"></p>
<div id="uploads"></div>
</section>
</main>
<footer>Version ${escapeHtml(deps.version)}. The key stays in this browser tab.</footer>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
