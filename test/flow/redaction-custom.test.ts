/** Kinds of values that operators declare in policies, over the wire: whole and streamed, for their tenant alone. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { redactionRules } from '../../src/redaction/index.ts';
import { sluice } from '../support/cli.ts';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, EVENT_STREAM, everything } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const BADGE = 'BDG-123456';
/** The badge once more, written so that only a person reads it. */
const DISGUISED = 'ＢＤＧ%2D1\u200b23456';
const OTHER = 'ZZ-99';

const policies = (pattern: string, rest = '') => `version: 1
policies:
  - id: badges
    for: { orgs: [demo] }
    pii:
      entities:
        employee_badge:
          called: an employee badge
          patterns: ['${pattern}']
          ignore_case: true
          context: [badge]
          score: 60
          examples: { found: ['badge ‹bdg-123456›'], ignored: ['TBDG-123456', 'BDG-12345'] }
      request: { employee_badge: pseudonymise }
      answer: { employee_badge: mask }
${rest}`;
const ACME = `  - id: acme
    for: { orgs: [acme] }
    pii:
      entities:
        employee_badge: { patterns: ['\\bZZ-\\d{2}\\b'], examples: { found: ['‹ZZ-11›'] } }
      request: { pii: mask }
      answer: { pii: mask }
`;
const PATTERN = '\\bBDG-\\d{6}\\b';

/** What the provider gets to see of the badge comes back, and a badge of its own. */
const upstream = await startUpstream(t, ({ body }) => {
  const { messages, stream } = JSON.parse(body);
  const said = `${messages[0].content} but not bdg-777777`;
  if (stream !== true) return { chunks: [chat.whole.replace('"hi"', JSON.stringify(said))] };
  const deltas = said.match(/.{1,3}/gsu) ?? [];
  return { headers: EVENT_STREAM, chunks: [...chat.open, ...deltas.map(chat.delta), ...chat.close] };
});
const folder = t.testdir({ 'p.yaml': policies(PATTERN, ACME) });
const gateway = await startGateway(t, {
  policies: { folder },
  providers: { p: everything(upstream.url) },
});

async function asked(content: string, stream: boolean, key = gateway.key) {
  const body = {
    model: 'm',
    stream,
    messages: [
      { role: 'user', content },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify({ of: content }) } },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content },
    ],
  };
  const response = await post(gateway, '/v1/chat/completions', body, { key });
  const text = await readAll(response);
  const answer = stream
    ? [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(([, part = '""']) => JSON.parse(part)).join('')
    : JSON.parse(text).choices[0].message.content;
  return {
    answer,
    sent: upstream.requests.at(-1)?.body ?? '',
    id: response.headers.get('x-request-id') ?? '',
  };
}

t.test(
  'an entity of the operator is redacted like any other, streamed or not, in arguments too',
  async (t) => {
    for (const stream of [false, true]) {
      const content = `my badge ${BADGE}, again ${DISGUISED}`;
      const { answer, sent, id } = await asked(content, stream);
      t.equal(
        sent.match(/<EMPLOYEE_BADGE_[a-z2-7]{8}>/g)?.length,
        6,
        'text, arguments and result, each twice',
      );
      t.notMatch(sent, /123456|23456/);
      t.equal(answer, `${content} but not <EMPLOYEE_BADGE>`);
      const [audit] = await gateway.auditOf(id);
      t.match(JSON.stringify(audit), /"entity":"employee_badge"/);
      t.notMatch(JSON.stringify(audit), /123456|777777/);
    }
    const metrics = await (await fetch(`${gateway.origin}/metrics`)).text();
    t.notMatch(metrics, /123456/);
  },
);

t.test('of one tenant nothing is found by the entities of another, whatever their name', async (t) => {
  await gateway.admin('POST', '/orgs', { slug: 'acme', name: 'Acme' });
  const { body } = await gateway.admin('POST', '/orgs/acme/keys', { name: 'k' });
  const content = `${BADGE} and ${OTHER}`;
  const acme = await asked(content, false, String(body.key));
  t.match(acme.sent, `${BADGE} and <EMPLOYEE_BADGE>`);
  const demo = await asked(content, false);
  t.match(demo.sent, / and ZZ-99"/);
  t.notMatch(demo.sent, BADGE);
});

t.test('POST /api/v1/redact tries the entities of the caller’s organisation', async (t) => {
  const key = await gateway.newKey({ kind: 'admin' });
  const tried = async (text: string, actions: object) =>
    (await post(gateway, '/api/v1/redact', { text, actions }, { key })).json();
  t.match(await tried(`${BADGE} ${OTHER}`, { employee_badge: 'partial' }), {
    text: `****3456 ${OTHER}`,
    findings: [{ entity: 'employee_badge', start: 0, end: 10, why: /an employee badge/ }],
  });
  t.match(await tried('x', { employee_batch: 'mask' }), {
    error: { code: 'invalid_request', message: /did you mean "employee_badge"/ },
  });
});

t.test('the command line checks entities, and tries them', async (t) => {
  const tried = await sluice(['redact', '--policies', folder, '--file', join(folder, 'p.yaml')]);
  t.match(tried, { code: 0, stdout: /badge ‹<EMPLOYEE_BADGE>›/ });
  const blocked = await sluice([
    'redact',
    '--action',
    'block',
    '--policies',
    folder,
    '--file',
    join(folder, 'p.yaml'),
  ]);
  t.match(blocked, { code: 0, stdout: '', stderr: /^sluice: a request with this text would be blocked/ });
  const wrong = await sluice(['redact', '--action', 'hide', '--file', join(folder, 'p.yaml')]);
  t.match(wrong, { code: 2, stderr: /no action "hide"; there are allow, alert, partial/ });
  const bad = t.testdir({ 'p.yaml': policies('BDG-\\d+') });
  t.match(await sluice(['policy', 'check', bad]), {
    code: 1,
    stderr:
      /p\.yaml:9:22 policies\[0\]\.pii\.entities\.employee_badge\.patterns\[0\]: at character 7 of the pattern: "\+" has no upper bound/,
  });
  const untrue = t.testdir({ 'p.yaml': policies('BDG-\\d{6}') });
  t.match(await sluice(['policy', 'check', untrue]), {
    code: 1,
    stderr: /examples\.ignored\[0\]: characters 2–11 of it are found/,
  });
});

t.test('the example of docs/redaction.md holds', async (t) => {
  const docs = await readFile('docs/redaction.md', 'utf8');
  const example = docs.match(/^```yaml\n# in a policy file\n(pii:\n {2}entities:.*?)^```/ms)?.[1];
  t.match(redactionRules.safeParse(parse(example ?? '').pii), { success: true });
});

t.test('a changed pattern is in force soon after, and a bad one leaves the last good in force', async (t) => {
  await writeFile(join(folder, 'p.yaml'), policies('\\bBDG-\\d{6}\\b|\\bCON-\\d{2}\\b'));
  await until(async () => !(await asked('CON-42', false)).sent.includes('CON-42'));
  await writeFile(join(folder, 'p.yaml'), policies('(?=BDG)'));
  await until(() => gateway.logged().includes('look-ahead'));
  t.notMatch((await asked('CON-42', true)).sent, /CON-42/);
});
