/** The admin API as a page to read: static HTML, no scripts, nothing loaded from elsewhere. */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { schemaOf, whoMay } from './openapi.ts';
import type { AdminRoute } from './route.ts';

const STYLE = `
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
details{overflow-x:auto}
section{border-top:1px solid #8886;padding:.5rem 0 1rem}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8883}
nav{display:flex;flex-wrap:wrap;gap:0 1rem}
.method{display:inline-block;min-width:4rem;font-weight:600}
.soft{opacity:.75}
`;

export interface DocsPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function docsPage(routes: readonly AdminRoute[], version: string): DocsPage {
  const groups = Map.groupBy(routes, ({ action }) => action.split('.', 1)[0] ?? '');
  const names = [...groups.keys()];
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice admin API</title><style>${STYLE}</style></head><body>
<h1>Sluice admin API</h1>
<p>Version ${escapeHtml(version)}. All paths stand below <code>/api/v1</code>. Send an admin key or a token as
<code>Authorization: Bearer …</code>. For <code>:orgId</code> write an id, a slug, or <code>me</code>. Unknown fields are errors.
For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<nav>${names.map((name) => `<a href="#${name}">${name}</a>`).join('')}</nav>
${names.map((name) => `<h2 id="${name}">${name}</h2>${(groups.get(name) ?? []).map(section).join('')}`).join('\n')}
</body></html>
`;
  const styleHash = createHash('sha256').update(STYLE).digest('base64');
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
    },
  };
}

function section(route: AdminRoute): string {
  return `<section><h3><span class="method">${route.method}</span> <code>${escapeHtml(route.path)}</code></h3>
<p>${escapeHtml(route.summary)}.<br><span class="soft">${escapeHtml(whoMay(route))}</span></p>
${fields('Query', schemaOf(route.query, 'input'))}${
  route.body === undefined ? '' : fields('Body', schemaOf(route.body, 'input'))
}${fields(`Answer ${route.status}`, schemaOf(route.answer, 'output'))}</section>`;
}

function fields(title: string, schema: JsonObject): string {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(properties).map(([name, field]) => {
    const member = isJsonObject(field) ? field : {};
    const about = typeof member.description === 'string' ? member.description : '';
    const must = required.includes(name) ? '' : ' <span class="soft">optional</span>';
    return `<tr><td><code>${escapeHtml(name)}</code>${must}</td><td>${escapeHtml(typeText(member))}</td><td>${escapeHtml(about)}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<details><summary>${title}</summary><table>${rows.join('')}</table></details>`;
}

/** `text`, `one of a, b`, `list of text`, `… or null`: as much as a reader needs. */
function typeText(schema: JsonObject): string {
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(', ')}`;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.anyOf)) return schema.anyOf.filter(isJsonObject).map(typeText).join(' or ');
  if (schema.type === 'array') {
    return `list of ${isJsonObject(schema.items) ? typeText(schema.items) : 'anything'}`;
  }
  const format = typeof schema.format === 'string' ? ` (${schema.format})` : '';
  return typeof schema.type === 'string' ? schema.type + format : 'anything';
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
