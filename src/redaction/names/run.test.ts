import { test } from 'tap';
import { RECOGNISERS } from '../recognisers/index.ts';
import { isOrdinary } from './run.ts';
import { CAPITALISED_WORDS } from './words.ts';

const BEFORE = [
  '',
  'Dear ',
  'name: ',
  'she works for ',
  'lives in ',
  'city: ',
  'we were ',
  '12 Oak Street\n',
];

test('what is dismissed as an ordinary word no kind of name would have taken', (t) => {
  const words = [...CAPITALISED_WORDS].map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const runs = words.flatMap((word, at) => [
    word,
    `${word.toUpperCase()}`,
    `${word} ${words[at + 1] ?? 'The'}`,
  ]);
  const ordinary = runs.filter(isOrdinary);
  t.ok(ordinary.length > 1000);
  const forms = RECOGNISERS.flatMap(({ forms }) => [...forms]).filter(
    ({ dismiss }) => dismiss === isOrdinary,
  );
  t.ok(forms.length > 3);
  const taken = ordinary.flatMap((run) =>
    BEFORE.filter((before) => forms.some(({ check }) => check?.(run, before) !== false)).map(
      (before) => before + run,
    ),
  );
  t.same(taken, []);
  t.end();
});
