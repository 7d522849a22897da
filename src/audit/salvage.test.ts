import fc from 'fast-check';
import t from 'tap';
import { salvage } from './salvage.ts';

t.test('every substitute is sound JSON, whatever the poison; the same poison gives the same', async (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string(), fc.constant('{"usage":[{"input_tokens":1e300}]}')),
      (poison) => {
        const substitutes = salvage(poison, '22P05');
        for (const text of substitutes) {
          const parsed: unknown = JSON.parse(text);
          if (/\\u0000|\\ud[89a-f]/i.test(text) || typeof parsed !== 'object') return false;
        }
        return substitutes.join() === salvage(poison, '22P05').join();
      },
    ),
  );
  t.match(JSON.parse(salvage('{', '22P02')[0] ?? ''), { kind: 'gateway', action: 'journal.poison' });
});

t.test('money survives: draws and usage are mended, and only then given up', async (t) => {
  const draws = [{ budget_id: 'b\0', subject_id: 'x', pico_usd: '5' }];
  const [mended, withoutDraws, report] = salvage(
    JSON.stringify({ id: 'i', key_id: 'none', draws, usage: [{ input_tokens: 1e12 }] }),
    '22003',
  ).map((text) => JSON.parse(text));
  t.match(mended, { id: 'i', key_id: null, draws: [{ budget_id: 'b\ufffd', pico_usd: '5' }] });
  t.equal(mended.usage[0].input_tokens, 2_147_483_647);
  t.same(withoutDraws.draws, []);
  t.equal(report.details.sql_state, '22003');
});
