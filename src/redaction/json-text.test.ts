import fc from 'fast-check';
import t from 'tap';
import { Detector } from './detector.ts';
import { JsonText } from './json-text.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { type Judge, StreamRedactor } from './stream.ts';

const detector = new Detector(RECOGNISERS);
const mask: Judge = { weigh: () => 0, replace: (rank) => `<${RECOGNISERS[rank]?.id}>` };
const open = () => new JsonText(new StreamRedactor(detector, mask));
const redacted = (json: string) => open().end(json);

function inChunks(text: string, size: number): string {
  const stream = open();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += stream.push(text.slice(at, at + size));
  return out + stream.end();
}

t.test('strings are redacted, names of members included, everything else stays (litellm#41265)', (t) => {
  t.equal(
    redacted('{"to": ["bob@example.com", "x"],\n "bob@example.com": {"n": 1.50, "ok": true}}'),
    '{"to": ["<email>", "x"],\n "<email>": {"n": 1.50, "ok": true}}',
  );
  t.end();
});

t.test('the name of a member tells what its value is, and nothing of what comes after it', (t) => {
  const secret = 'Sup3r·S3cret!x'.replace('·', '');
  t.equal(
    redacted(`{"password":"${secret}","note":"${secret}"}`),
    `{"password":"<password>","note":"${secret}"}`,
  );
  t.equal(
    redacted(`{"password":["${secret}",["${secret}"]],"a":{"b":"${secret}"},"c":["${secret}"]}`),
    `{"password":["<password>",["<password>"]],"a":{"b":"${secret}"},"c":["${secret}"]}`,
  );
  t.equal(redacted(`{"password":{"${secret}":"${secret}"}}`), `{"password":{"${secret}":"${secret}"}}`);
  t.equal(
    redacted('{"passw\\u006frd":"hunter2rules","ssn":536229876}'),
    '{"password":"<password>","ssn":"<us_ssn>"}',
  );
  for (const size of [1, 2, 5])
    t.equal(
      inChunks(`{"password":["${secret}"],"n":"${secret}"}`, size),
      `{"password":["<password>"],"n":"${secret}"}`,
    );
  t.end();
});

t.test('an escape does not hide a value', (t) => {
  t.equal(redacted('{"to":"bob\\u0040example.com\\n"}'), '{"to":"<email>\\n"}');
  t.equal(redacted('{"to":"say \\"hi\\" to bob@example.com"}'), '{"to":"say \\"hi\\" to <email>"}');
  t.end();
});

t.test('a number that must go becomes a string; others keep every digit', (t) => {
  t.equal(
    redacted('{"card":4111111111111111,"id":12345678901234567890}'),
    '{"card":"<credit_card>","id":12345678901234567890}',
  );
  t.equal(redacted('[4111111111111111]'), '["<credit_card>"]');
  t.end();
});

t.test('what is not JSON is redacted as text', (t) => {
  t.equal(redacted('bob@example.com'), '"<email>"');
  t.equal(redacted('{"to":"bob@example.com'), '{"to":"<email>');
  t.equal(redacted(`${'so '.repeat(60)}bob@example.com`), `${'so '.repeat(60)}<email>`);
  t.end();
});

const strings = fc.oneof(
  fc.constantFrom(
    'bob@example.com',
    'call +1 415 555 2671 now',
    '4111 1111 1111 1111',
    'a"b\\c',
    '😀 é\n',
    '<EMAIL>',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    strings,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(4111111111111111),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.string({ maxLength: 6 }), tie('value'), { maxKeys: 4 }),
})).value;

t.test('any chunking gives what the whole gives, and it is JSON of the same shape', (t) => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 9 }), fc.boolean(), (value, size, spaced) => {
      const json = JSON.stringify(value, null, spaced ? 2 : 0);
      const whole = redacted(json);
      if (inChunks(json, size) !== whole) return false;
      return !/bob@example|415 555|4111 ?1111/.test(JSON.stringify(JSON.parse(whole)));
    }),
    { numRuns: 5000 },
  );
  t.end();
});

t.test('any chunking of what is not JSON gives what the whole gives', (t) => {
  const units = fc.constantFrom(
    ...'{}[],:"\\ u004bn1',
    'bob@example.com',
    '\\u0040',
    '\\"',
    '4111111111111111',
    'x'.repeat(40),
  );
  fc.assert(
    fc.property(
      fc.array(units, { maxLength: 30, size: 'max' }),
      fc.integer({ min: 1, max: 9 }),
      (parts, size) => {
        const text = parts.join('');
        return inChunks(text, size) === redacted(text);
      },
    ),
    { numRuns: 5000 },
  );
  t.end();
});
