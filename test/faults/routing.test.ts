/** One of three targets dead, slow, flapping, rate-limited, answering garbage: callers are answered all the same. */
import t from 'tap';
import { markdown, trials } from './routing-trial.ts';

// SLUICE_TRIAL_REQUESTS=1000 writes the figures of docs/reliability.md
const REQUESTS = Number(process.env.SLUICE_TRIAL_REQUESTS ?? 48);
t.setTimeout(600_000);

t.test('whatever one target does, every request is answered, and it is soon left alone', async (t) => {
  const found = await trials(t, REQUESTS);
  for (const { name, answered, troubled, wasted } of found) {
    t.equal(answered, REQUESTS, `${name}: every request is answered`);
    if (name === 'well' || name === 'flapping') continue;
    t.ok(troubled < REQUESTS, `${name}: ${troubled} calls of ${REQUESTS}`);
    t.ok(wasted < 0.5, `${name}: ${wasted} of the cost answered nobody`);
  }
  t.comment(`\n${markdown(found)}`);
});
