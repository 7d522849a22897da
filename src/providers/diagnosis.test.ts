import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readProviderError } from '../dialects/index.ts';
import { type Diagnosis, diagnoseStatus, failureOf, statusOfEvent } from './diagnosis.ts';

const silent = { message: undefined, type: undefined, param: undefined, code: undefined };
const RECORDINGS = '../shared/data/exchanges';

t.test('a status without words still has a class', async (t) => {
  const cases: readonly [number, Diagnosis][] = [
    [302, 'broken'],
    [400, 'rejected'],
    [401, 'credentials'],
    [402, 'account'],
    [403, 'credentials'],
    [404, 'unknown_model'],
    [408, 'transient'],
    [409, 'transient'],
    [413, 'rejected'],
    [422, 'rejected'],
    [429, 'rate_limited'],
    [500, 'transient'],
    [502, 'transient'],
    [503, 'overloaded'],
    [529, 'overloaded'],
  ];
  for (const [status, expected] of cases) t.equal(diagnoseStatus(status, silent), expected, String(status));
});

t.test('a failure that is not the request’s fault is never sent as a 400 (litellm#41777)', async (t) => {
  for (const diagnosis of ['credentials', 'account', 'overloaded', 'transient', 'broken'] as const) {
    t.ok(failureOf('p', diagnosis, 400, silent, undefined).fault.status >= 500, diagnosis);
  }
});

t.test('an error inside a stream has the class it would have had outside', async (t) => {
  t.equal(statusOfEvent({ ...silent, code: '429' }), 429);
  t.equal(statusOfEvent({ ...silent, type: 'overloaded_error' }), 529);
  t.equal(statusOfEvent({ ...silent, type: 'invalid_request_error', code: 'tool_use_failed' }), 400);
  t.equal(statusOfEvent({ ...silent, type: 'server_error' }), 500);
  t.equal(statusOfEvent(silent), 500);
});

t.test(
  'recorded refusals of real providers',
  { skip: existsSync(RECORDINGS) ? false : `${RECORDINGS} is not there` },
  async (t) => {
    const files = readdirSync(RECORDINGS, { recursive: true, encoding: 'utf8' });
    let keys = 0;
    for (const file of files.filter((name) => /-err\d{3}-/.test(name) && name.endsWith('.json'))) {
      const { response } = JSON.parse(readFileSync(`${RECORDINGS}/${file}`, 'utf8'));
      const text = response.body_text ?? JSON.stringify(response.body ?? '');
      const said = readProviderError(response.status, text) ?? silent;
      const diagnosis = diagnoseStatus(response.status, said);
      const bad = /api[ _-]?key|subscription key/i.test(text) && !/help/.test(text);
      if (response.status === 401 || (response.status === 400 && bad)) {
        keys++;
        t.equal(diagnosis, 'credentials', file);
      } else if (response.status === 400) t.equal(diagnosis, 'rejected', file);
      else if (response.status === 404) t.equal(diagnosis, 'unknown_model', file);
    }
    t.ok(keys > 5, `${keys} bad keys among them`);
  },
);
