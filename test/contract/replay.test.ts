/** `npm run replay` on the recordings: every one through every pair of dialects. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { conformance } from '../replay/conform.ts';
import { type Exchange, readExchanges } from '../replay/exchange.ts';
import { tryExchange } from '../replay/trials.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const FOLDER = join(DATA, 'exchanges');
const conform = conformance(join(DATA, 'conformance'));

t.test(
  'every recorded exchange says the same in every dialect',
  { skip: existsSync(FOLDER) ? false : 'skipped: needs the recorded exchanges in ../shared/data/exchanges' },
  async (t) => {
    let passed = 0;
    for (const exchange of readExchanges(FOLDER)) {
      for (const { trial, result, why } of tryExchange(exchange, conform)) {
        if (result === 'failed') t.fail(`${exchange.name}, ${trial}: ${why}`);
        if (result === 'passed') passed++;
      }
    }
    t.ok(passed > 1000, `${passed} trials`);
  },
);

const WHOLE = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

function recorded(change: Partial<Exchange>): Exchange {
  return {
    name: 'made up',
    provider: 'p',
    dialect: 'chat',
    embeddings: undefined,
    plain: undefined,
    counts: undefined,
    model: 'm',
    features: [],
    request: undefined,
    status: 200,
    bytes: Buffer.from(JSON.stringify(WHOLE)),
    framing: 'json',
    complete: true,
    ...change,
  };
}

t.test('a sound exchange passes, what is none fails and says why', async (t) => {
  t.ok(tryExchange(recorded({}), conform).every(({ result }) => result === 'passed'));
  const broken = [
    { bytes: Buffer.from('<html>') },
    { framing: 'sse', bytes: Buffer.from('data: {"choices":[]}\n\n') },
    { status: 500, bytes: Buffer.from('{}') },
  ] as const;
  for (const change of broken) {
    const failed = tryExchange(recorded(change), conform).filter(({ result }) => result === 'failed');
    t.ok(failed.length >= 3 && failed.every(({ why }) => why), JSON.stringify(failed[0]));
  }
});
