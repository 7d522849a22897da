/** The provider that docs/adding-a-provider.md adds is one file that works. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { Fault } from '../../src/core/fault.ts';
import { Deadlines } from '../../src/providers/deadlines.ts';
import type { openAiKind } from '../../src/providers/kinds/openai-api.ts';
import { serves } from '../../src/providers/serves.ts';
import { chat } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const KINDS = join(import.meta.dirname, '../../src/providers/kinds');

t.test('one file makes a provider, for clients of every dialect', async (t) => {
  const page = readFileSync('docs/adding-a-provider.md', 'utf8');
  const [, code = ''] = /```ts\n(import[^`]*)```/.exec(page) ?? [];
  const placed = code.replaceAll("'../", `'${KINDS}/../`).replaceAll("'./", `'${KINDS}/`);
  const folder = t.testdir({ 'deepinfra.ts': placed });
  const { deepinfra }: { deepinfra: ReturnType<typeof openAiKind> } = await import(
    join(folder, 'deepinfra.ts')
  );
  const upstream = await startUpstream(t, [{ chunks: [chat.whole] }]);
  const settings = deepinfra.settings.parse({ kind: 'deepinfra', api_key: 'k', base_url: upstream.url });
  const provider = deepinfra.open('it', settings, {
    clock: systemClock,
    deadlines: new Deadlines(systemClock),
  });
  t.teardown(() => provider.close());
  for (const operation of ['chat', 'messages', 'responses', 'gemini', 'embeddings'] as const) {
    t.ok(serves(provider, operation, 'm'), operation);
  }
  await new Promise<void>((resolve, reject) => {
    provider.send(
      {
        operation: 'chat',
        orgId: 'o',
        model: 'm',
        stream: false,
        body: {},
        bytes: () => Buffer.from('{}'),
        clientHeaders: {},
        ownHeaders: {},
        stored: undefined,
      },
      { head: () => undefined, data: () => true, end: resolve, fail: (fault: Fault) => reject(fault) },
    );
  });
  t.match(upstream.requests, [{ path: '/chat/completions', headers: { authorization: 'Bearer k' } }]);
  t.equal(
    provider.diagnose(403, { message: 'no balance', type: undefined, param: undefined, code: undefined }),
    'account',
  );
});
