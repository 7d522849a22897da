import fc from 'fast-check';
import t from 'tap';
import { Placeholders } from './placeholders.ts';

const key = new Uint8Array(32).fill(7);
const open = (scope = ['org-1', '']) => new Placeholders(key, scope);

t.test('a value has the same placeholder in every request of its scope, and another in another', (t) => {
  const first = open().of('email', 'Bob@example.com', 'bob@example.com');
  t.match(first, /^<EMAIL_[a-z2-7]{8}>$/);
  t.equal(open().of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open(['org-2', '']).of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open(['org-1', 'chat-9']).of('email', 'bob@example.com', 'bob@example.com'), first);
  t.not(open().of('phone', 'bob@example.com', 'bob@example.com'), first);
  t.end();
});

t.test('what models do to placeholders is understood, for those that are known (litellm#30206)', (t) => {
  const placeholders = open();
  const token = placeholders.of('credit_card', '4111 1111 1111 1111', '4111111111111111');
  const bare = token.slice(1, -1);
  const put = (text: string) => placeholders.restorer().end(text);
  for (const written of [
    token,
    bare,
    `&lt;${bare}&gt;`,
    `\\<${bare}\\>`,
    token.replaceAll('_', '\\_'),
    `<${bare}`,
  ])
    t.equal(put(`card ${written}.`), 'card 4111 1111 1111 1111.', written);
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

t.test('restoring is exact over any chunking', (t) => {
  const placeholders = open();
  const values = ['bob@example.com', 'ann@example.org', '+1 415 555 2671', 'x"y\\z@example.com'];
  const tokens = values.map((value) => placeholders.of('email', value, value));
  const parts = fc.array(
    fc.oneof(fc.nat(3), fc.constantFrom('<', '<EMAIL_', '&lt', '\\', ' ', 'EMAIL', '>', 'a', '_')),
    {
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const text = pieces.map((piece) => (typeof piece === 'number' ? `${tokens[piece]} ` : piece)).join('');
      const stream = placeholders.restorer();
      let out = '';
      for (let at = 0; at < text.length; at += size) out += stream.push(text.slice(at, at + size));
      return out + stream.end() === placeholders.restorer().end(text);
    }),
    { numRuns: 10_000 },
  );
  const sentence = tokens.map((token) => `(${token})`).join(', ');
  t.equal(placeholders.restorer().end(sentence), values.map((value) => `(${value})`).join(', '));
  t.end();
});
