import { readFileSync } from 'node:fs';
import t from 'tap';
import { asFault, FAULTS, Fault } from './fault.ts';

type Row = readonly string[];

/** The cells of every row of the table in docs/errors.md, without backticks. */
function documented(): Row[] {
  const lines = readFileSync('docs/errors.md', 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

function wanted(): Row[] {
  return Object.entries(FAULTS).map(([code, kind]) => {
    const retry = 'retry' in kind ? (kind.retry ? 'yes' : 'no') : '–';
    return [code, String(kind.status), kind.openai, kind.anthropic, retry, kind.meaning];
  });
}

t.test('docs/errors.md lists every fault as it is, and none that does not exist', async (t) => {
  t.strictSame(
    documented().map((row) => row.slice(0, 6)),
    wanted(),
  );
});

t.test('every fault says what to do', async (t) => {
  for (const [code, , , , , , todo] of documented()) t.match(todo, /.{10}/, `${code}`);
});

t.test('headers tell the SDKs whether and when to come back', async (t) => {
  const limited = new Fault('rate_limit_exceeded', 'x', { retryAfterMs: 1200, headers: { 'x-a': 'b' } });
  t.strictSame(limited.headers(), {
    'x-a': 'b',
    'x-should-retry': 'true',
    'retry-after': '2',
    'retry-after-ms': '1200',
  });
  t.strictSame(new Fault('budget_exceeded', 'x').headers(), { 'x-should-retry': 'false' });
  t.strictSame(new Fault('invalid_request', 'x').headers(), {});
});

t.test('what is no fault of ours is an internal error, and its words stay inside', async (t) => {
  const fault = asFault(new Error('password=hunter2'));
  t.equal(fault.code, 'internal_error');
  t.notMatch(fault.message, /hunter2/);
  t.match(fault.details.internal, /hunter2/);
  t.equal(asFault(fault), fault);
});
