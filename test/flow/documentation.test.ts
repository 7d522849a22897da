/** README and quick start are run as they stand: blocks after `<!-- run -->`, files after `<!-- file: … -->`. */
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';

t.setTimeout(600_000);

const run = promisify(execFile);
const ORIGIN = 'http://127.0.0.1:8080';

interface Block {
  readonly language: string;
  /** To be saved under this name; undefined: to be run. */
  readonly file: string | undefined;
  readonly text: string;
}

function blocksOf(markdown: string): Block[] {
  const marked = /<!-- (?:run|file: (\S+)) -->\n+```(\w+)\n(.*?)```/gs;
  return [...markdown.matchAll(marked)].map(([, file, language = '', text = '']) => ({
    file,
    language,
    text,
  }));
}

const folder = t.testdir({});
const policies = join(folder, 'policies');
await cp('policies', policies, { recursive: true });
const gateway = await startGateway(t, { policies: { folder: policies } });

/** The text with this gateway's address, keys and folder in place of those of a first start. */
function here(text: string): string {
  return text
    .replaceAll(ORIGIN, gateway.origin)
    .replace('slk_...', gateway.key)
    .replace('sla_...', gateway.adminKey)
    .replace('policy check', `policy check ${policies}`);
}

/** One shell for all blocks, in which a refused call fails. */
function shellScript(blocks: readonly Block[]): string {
  const head = `set -euo pipefail\ncurl() { command curl --fail-with-body --silent --show-error "$@"; }\n`;
  const steps = blocks.map(({ file, text }) =>
    file === undefined ? here(text) : `cat > ${join(folder, file)} <<'END'\n${text}END\nsleep 1.5\n`,
  );
  return head + steps.join('\n');
}

t.test('the README works as pasted', async (t) => {
  const blocks = blocksOf(await readFile('README.md', 'utf8'));
  const shell = blocks.filter(({ language }) => language === 'sh');
  const { stdout } = await run('bash', ['-c', shellScript(shell)]);
  t.match(JSON.parse(stdout), { choices: [{ message: { content: 'Hello, Sluice' } }] });
  const program = blocks.find(({ language }) => language === 'js')?.text ?? '';
  const env = { ...process.env, SLUICE_KEY: gateway.key };
  const answer = await run(process.execPath, ['--input-type=module', '-e', here(program)], { env });
  t.equal(answer.stdout, 'Hello, Sluice\n');
});

t.test('the quick start works as pasted, from top to bottom', async (t) => {
  const blocks = blocksOf(await readFile('docs/quick-start.md', 'utf8'));
  t.ok(blocks.length >= 10);
  const { stdout } = await run('bash', ['-c', shellScript(blocks)]).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  });
  t.match(stdout, /My address is ada@example\.com/);
  t.match(stdout, /data: \[DONE\]/);
  t.match(stdout, /"type":"message"/);
  t.match(stdout, /\d+ policies, \d+ cases, 0 problems/);
  t.match(stdout, /"amount_usd":"0\.5"/);
  const used = await gateway.query(
    "SELECT DISTINCT model FROM usage_events WHERE model LIKE 'sim-%' ORDER BY 1",
  );
  t.match(used, [{ model: 'sim-echo' }, { model: 'sim-fast' }]);
});

t.test('docs/request-flow.md draws the stages that a request enters, in their order', async (t) => {
  const drawn = (await readFile('docs/request-flow.md', 'utf8')).split('```')[1] ?? '';
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.arrayBuffer();
  const entered = (response.headers.get('server-timing') ?? '').split(', ').map((part) => part.split(';')[0]);
  t.ok(entered.length > 10);
  const stages = [...drawn.matchAll(/^ ([a-z-]+) +(?:─|$)/gm)].map(([, name]) => name);
  t.strictSame(stages, entered);
});

t.test('links between the documents lead somewhere', async (t) => {
  const { stdout } = await run('git', ['ls-files', '*.md']);
  for (const file of stdout.trim().split('\n')) {
    const text = await readFile(file, 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      await t.resolves(readFile(join(file, '..', link)).catch(orFolder), `${file}: ${link}`);
    }
  }
});

function orFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EISDIR') throw error;
}
