/** A small part of what `node test/faults/redaction-chunkings.ts 10000000` does. */
import t from 'tap';
import { firstDifference } from '../support/chunkings.ts';

t.setTimeout(120_000);

for (const [way, promise] of [
  ['inCharacters', 'a text cut anywhere is redacted as in one piece (litellm#30028, mastra#23783)'],
  ['inBytes', 'bytes cut inside characters, escapes and frames are redacted as a whole answer (aisix#204)'],
  ['inJson', 'tool arguments cut inside escapes and names are redacted as in one piece (litellm#41265)'],
  ['declaredOnes', 'so are texts and arguments with values of the kinds that operators declare'],
  ['roundTrip', 'every pseudonym comes back as its value (litellm#30206)'],
] as const)
  t.test(promise, (t) => {
    t.equal(firstDifference(way, 0, 1000), undefined);
    t.end();
  });

t.test(
  'a value that begins inside a replaced one is known by its own beginning, however much came since',
  (t) => {
    t.equal(firstDifference('declaredOnes', 30_010_869, 200), undefined);
    t.end();
  },
);
