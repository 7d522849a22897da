import fc from 'fast-check';
import t from 'tap';
import { JsonText } from './json-text.ts';
import { PseudonymKeys } from './keys.ts';
import { Pseudonyms } from './pseudonyms.ts';

const keys = new PseudonymKeys(new Uint8Array(32).fill(7));
const open = (org = 'org-1', conversation = '') => new Pseudonyms(keys.of(org), () => conversation);
const runs = Number(process.argv[2] ?? 8_000);

t.test('a value has the same pseudonym in every request of its conversation, and another in another', (t) => {
  const first = open().of('email', 'Bob@example.com', 'bob@example.com');
  t.match(first, /^<EMAIL_[a-z2-7]{8}>$/);
  t.equal(open().of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open('org-2').of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open('org-1', 'chat-9').of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open().of('phone', 'bob@example.com', 'bob@example.com'), first);
  t.end();
});

t.test('what models do to pseudonyms is understood, for those that are known (litellm#30206)', (t) => {
  const pseudonyms = open();
  const token = pseudonyms.of('credit_card', '4111 1111 1111 1111', '4111111111111111');
  const bare = token.slice(1, -1);
  const put = (text: string) => pseudonyms.restorer().end(text);
  for (const written of [
    token,
    bare,
    `&lt;${bare}&gt;`,
    `\\<${bare}\\>`,
    `%3C${bare}%3e`,
    `\\u003c${bare}\\u003E`,
    token.replaceAll('_', '\\_'),
    `<${bare}`,
    `${bare}>`,
  ])
    t.equal(put(`card ${written}.`), 'card 4111 1111 1111 1111.', written);
  t.equal(put(`**${bare}**, [${bare}](x:${token})`), put(`**${token}**, [${token}](x:${bare})`));
  for (const other of [
    '<CREDIT_CARD_aaaaaaaa>',
    `${bare}x`,
    `X${bare}`,
    '<CREDIT_CARD>',
    bare.slice(0, -1),
    bare.toLowerCase(),
  ])
    t.equal(put(`card ${other}.`), `card ${other}.`, other);
  t.end();
});

t.test('one request never sees the values of another (litellm#19950)', (t) => {
  const token = open().of('email', 'bob@example.com', 'bob@example.com');
  t.equal(open().restorer().end(token), token);
  t.end();
});

t.test('a pseudonym that begins like another is not mistaken for it (kong 3.11.0.5)', (t) => {
  const pseudonyms = open();
  const tokens = Array.from({ length: 200 }, (_, n) =>
    pseudonyms.of(`e${n % 11}`, `value ${n}`, `value ${n}`),
  );
  t.equal(pseudonyms.restorer().end(tokens.join('')), tokens.map((_, n) => `value ${n}`).join(''));
  t.end();
});

const pseudonyms = open();
const values = ['bob@example.com', 'ann@example.org', '+1 415 555 2671', 'x"y\\z\n@example.com', 'Łódź 😀'];
const tokens = values.map((value, n) => pseudonyms.of(n % 2 === 0 ? 'email' : 'us_ssn', value, value));
const noise = fc.constantFrom(
  ...[
    '<',
    '<EMAIL_',
    '&lt',
    '\\',
    ' ',
    'EMAIL',
    '>',
    'a',
    '_',
    'US_',
    '%3',
    '\\u003',
    'A_bcdefgh2',
    '😀',
    '\n',
  ],
);
const parts = fc.array(fc.oneof(fc.nat(values.length - 1), noise), { maxLength: 20 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

function inChunks(
  stream: { push: (text: string) => string; end: () => string },
  text: string,
  by: number[],
): string {
  let out = '';
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = by[turn % by.length] as number;
    out += stream.push(text.slice(at, at + size));
    at += size;
  }
  return out + stream.end();
}

t.test('restoring is exact over any chunking, whatever stands around (litellm#30028)', (t) => {
  fc.assert(
    fc.property(parts, sizes, (pieces, by) => {
      const text = pieces.map((piece) => (typeof piece === 'number' ? tokens[piece] : piece)).join('');
      return inChunks(pseudonyms.restorer(), text, by) === pseudonyms.restorer().end(text);
    }),
    { numRuns: runs },
  );
  t.end();
});

t.test('every value makes the round trip, in text and in JSON, over any chunking', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(values.length - 1), { maxLength: 12 }), sizes, (picked, by) => {
      const sent = picked.map((n) => tokens[n]).join(', ');
      const wanted = picked.map((n) => values[n]).join(', ');
      if (inChunks(pseudonyms.restorer(), sent, by) !== wanted) return false;
      const json = inChunks(new JsonText(pseudonyms.restorer()), JSON.stringify({ [sent]: [sent] }), by);
      return JSON.stringify(JSON.parse(json)) === JSON.stringify({ [wanted]: [wanted] });
    }),
    { numRuns: runs },
  );
  t.end();
});

/** A request: its organisation, its conversation, and the values in it, two of which others may have as well. */
const request = fc.record({
  org: fc.constantFrom('org-1', 'org-2'),
  conversation: fc.constantFrom('', 'chat-1', 'chat-2'),
  values: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 5 }),
});

t.test(
  'whatever pseudonyms an answer holds, only values of its own request come back (litellm#19950)',
  (t) => {
    const addressOf = (n: number) => `value-${n}@example.com`;
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 2, maxLength: 5 }),
        fc.nat(4),
        sizes,
        (requests, which, by) => {
          const opened = requests.map(({ org, conversation, values: own }) => {
            const pseudonyms = open(org, conversation);
            return { pseudonyms, tokens: own.map((n) => pseudonyms.of('email', addressOf(n), addressOf(n))) };
          });
          const { pseudonyms, tokens: kept } = opened[which % opened.length] as (typeof opened)[number];
          const own = new Set(requests[which % requests.length]?.values.map(addressOf));
          const sent = opened.flatMap(({ tokens }) => tokens);
          const back = inChunks(pseudonyms.restorer(), sent.join(' '), by).split(' ');
          return sent.every((token, at) => {
            const text = back[at] ?? '';
            return kept.includes(token) ? own.has(text) : text === token;
          });
        },
      ),
      { numRuns: runs },
    );
    t.end();
  },
);
