/** The page at `/`, for the person who opens the gateway in a browser. No scripts, no foreign assets. */
import { createHash } from 'node:crypto';
import { SERVED } from '../gateway/endpoints/served.ts';

export interface PageFacts {
  readonly version: string;
  /** `http://127.0.0.1:8080`, as the visitor reached it. */
  readonly origin: string;
  readonly providers: readonly string[];
  /** A model that answers here and now. */
  readonly exampleModel: string;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `
:root{color-scheme:light dark;--ink:#16202a;--soft:#56646f;--line:#dde3e8;--ground:#f6f8f9;--card:#fff;--accent:#0b6b74;--good:#1d8a4e}
@media(prefers-color-scheme:dark){:root{--ink:#e4ebf1;--soft:#97a6b3;--line:#27333d;--ground:#0d1318;--card:#141c23;--accent:#5cc5cf;--good:#4cc384}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
main{max-width:47rem;margin:0 auto;padding:3.5rem 1.25rem 4rem}
header{display:flex;align-items:baseline;gap:.75rem;flex-wrap:wrap}
h1{font-size:2.1rem;letter-spacing:-.02em;margin:0}
h2{font-size:1.05rem;margin:2.4rem 0 .6rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.dot{display:inline-block;width:.55rem;height:.55rem;border-radius:50%;background:var(--good);margin-right:.4rem}
.lead{font-size:1.1rem;margin-top:1rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.9rem 1.1rem;overflow-x:auto;margin:.7rem 0}
code,pre{font:13.5px/1.6 ui-monospace,SFMono-Regular,Menlo,monospace}
a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1.4rem}
nav a{border:1px solid var(--line);background:var(--card);border-radius:999px;padding:.3rem .95rem;text-decoration:none}
nav a:hover{border-color:var(--accent)}
table{border-collapse:collapse;width:100%}
td{padding:.32rem 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td:first-child{width:4.8rem;color:var(--soft)}
tr:first-child td{border-top:0}
.tags code{display:inline-block;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.1rem .5rem;margin:0 .35rem .35rem 0}
`;

/** Our own style and nothing else: no scripts, no frames, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  // a browser asks for /favicon.ico by itself; the icon is in the page
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 3h12M2 8h12M2 13h12' stroke='%230b6b74' stroke-width='2.4' stroke-linecap='round'/%3E%3C/svg%3E";

const LINKS: readonly (readonly [path: string, name: string])[] = [
  ['/docs', 'Admin API'],
  ['/api/v1/openapi.json', 'OpenAPI'],
  ['/readyz', 'Readiness'],
  ['/healthz', 'Health'],
  ['/metrics', 'Metrics'],
];

export function landingPage({ version, origin, providers, exampleModel }: PageFacts): string {
  const curl = `export SLUICE_KEY=slk_...

curl ${origin}/v1/chat/completions \\
  -H "authorization: Bearer $SLUICE_KEY" \\
  -H "content-type: application/json" \\
  -d '{"model": "${exampleModel}", "messages": [{"role": "user", "content": "Hello"}]}'`;
  const sdk = `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${origin}/v1',
  apiKey: process.env.SLUICE_KEY,
});
const answer = await client.chat.completions.create({
  model: '${exampleModel}',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title><link rel="icon" href="${ICON}"><style>${STYLE}</style></head><body><main>
<header><h1>Sluice</h1><span class="soft"><span class="dot"></span>version ${escapeHtml(version)} is running</span></header>
<p class="lead">One governed door between applications and AI providers.</p>
<p>An application changes its base URL and its key, and nothing else. Sluice checks who is calling, applies the organisation's policies and budgets, takes out personal data and secrets, calls a provider, and records what happened and what it cost.</p>
<nav>${LINKS.map(([path, name]) => `<a href="${path}">${name}</a>`).join('')}</nav>
<h2>The first call</h2>
<p class="soft">With the key <code>slk_…</code> that was printed when this gateway started for the first time.</p>
<pre id="curl">${escapeHtml(curl)}</pre>
<h2>From an application</h2>
<pre>${escapeHtml(sdk)}</pre>
<h2>Endpoints</h2>
<table>${SERVED.map((e) => `<tr><td>${e.method}</td><td><code>${e.path}</code></td></tr>`).join('')}</table>
<h2>Providers</h2>
<p class="tags">${providers.map((name) => `<code>${escapeHtml(name)}</code>`).join('')}</p>
<p class="soft">Set <code>OPENAI_API_KEY</code>, <code>ANTHROPIC_API_KEY</code> or <code>SLUICE_COMPATIBLE_URL</code>, or write a <code>config.yaml</code>, to add one. Guides are in the folder <code>docs</code> of the repository; begin with <code>quick-start.md</code>.</p>
</main></body></html>`;
}

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;
