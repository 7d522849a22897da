/** The page at `/`, for the person who opens the gateway in a browser. No scripts, no foreign assets. */
import { ENDPOINTS } from '../gateway/endpoints/index.ts';

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
:root{color-scheme:light dark;--ink:#14202b;--soft:#51606e;--line:#d9e0e6;--ground:#fbfcfd;--card:#fff;--accent:#0a6b75}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa9b6;--line:#2b3742;--ground:#0e151b;--card:#151f27;--accent:#56c2cc}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:3rem 1.25rem 4rem}h1{font-size:2rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
p{margin:.4rem 0}.soft{color:var(--soft)}pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem;overflow-x:auto;font:13.5px/1.5 ui-monospace,monospace}
a{color:var(--accent)}ul{padding-left:1.2rem;margin:.4rem 0}nav{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:1rem}
nav a{border:1px solid var(--line);background:var(--card);border-radius:999px;padding:.3rem .9rem;text-decoration:none}code{font:13.5px ui-monospace,monospace}
`;

export function landingPage({ version, origin, providers, exampleModel }: PageFacts): string {
  const curl = `curl ${origin}/v1/chat/completions \\
  -H "authorization: Bearer $SLUICE_KEY" \\
  -H "content-type: application/json" \\
  -d '{"model":"${exampleModel}","messages":[{"role":"user","content":"Hello"}]}'`;
  const sdk = `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.SLUICE_KEY });
const answer = await client.chat.completions.create({
  model: '${exampleModel}',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice</title><style>${STYLE}</style></head><body><main>
<h1>Sluice</h1>
<p class="soft">LLM gateway ${escapeHtml(version)} · this node answers</p>
<p>One governed door between applications and AI providers. An application changes its base URL and its key; Sluice checks who is calling, applies the organisation's policies and budgets, calls a provider and records what happened.</p>
<nav><a href="/docs">Admin API</a><a href="/healthz">Health</a><a href="/readyz">Readiness</a><a href="/metrics">Metrics</a><a href="/api/v1/openapi.json">OpenAPI</a></nav>
<h2>The first call</h2>
<p>The key was printed once, when this gateway started for the first time (<code>slk_…</code>).</p>
<pre>export SLUICE_KEY=slk_…
${escapeHtml(curl)}</pre>
<h2>From an application</h2>
<pre>${escapeHtml(sdk)}</pre>
<h2>Endpoints</h2>
<ul>${ENDPOINTS.map((e) => `<li><code>${e.method} ${e.path}</code></li>`).join('')}<li><code>GET /v1/models</code></li></ul>
<h2>Providers</h2>
<p>${providers.length > 0 ? providers.map((name) => `<code>${escapeHtml(name)}</code>`).join(' · ') : 'None is enabled.'}</p>
<p class="soft">Guides are in the repository: <code>docs/quick-start.md</code>, <code>docs/configuration.md</code>, <code>docs/operations.md</code>.</p>
</main></body></html>`;
}

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;
