import { readFileSync } from 'node:fs';
import t from 'tap';
import { entityPage } from '../../../test/eval/entities.ts';
import { luhn, mod97 } from '../checksums.ts';
import { Detector } from '../detector.ts';
import { redactText } from '../stream.ts';
import { RECOGNISERS } from './index.ts';

const keep = {
  weigh: () => 0,
  replace: (_rank: number, _weight: number, value: string | undefined) => `‹${value ?? '…'}›`,
};

for (const recogniser of RECOGNISERS) {
  t.test(`${recogniser.id}: its examples`, (t) => {
    const detector = new Detector([recogniser]);
    for (const example of recogniser.examples.found) {
      const marked = example.replaceAll('·', '');
      const text = marked.replace(/[‹›]/g, '');
      const long = marked.replace(/‹([^›]*)›/g, (whole, value: string) =>
        value.length < 128 ? whole : '‹…›',
      );
      t.equal(redactText(detector, keep, text), long, text);
    }
    for (const example of recogniser.examples.ignored) {
      const text = example.replaceAll('·', '');
      t.equal(redactText(detector, keep, text), text, `not: ${text}`);
    }
    t.end();
  });
}

t.test('no id is used twice', (t) => {
  t.equal(new Set(RECOGNISERS.map((each) => each.id)).size, RECOGNISERS.length);
  t.end();
});

t.test('docs/redaction-entities.md names every entity', (t) => {
  const docs = readFileSync(new URL('../../../docs/redaction-entities.md', import.meta.url), 'utf8');
  t.equal(docs, entityPage());
  t.end();
});

t.test('check digits: the published examples', (t) => {
  t.ok(luhn('79927398713'));
  t.notOk(luhn('79927398710'));
  t.equal(mod97('GB82WEST12345698765432'), 1);
  t.not(mod97('GB82WEST12345698765431'), 1);
  t.end();
});
