import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { anthropicMessages, geminiGenerate, openAiChat, openAiResponses } from '../dialects/index.ts';
import { luhn, mod97 } from './checksums.ts';
import { JsonText } from './json-text.ts';
import { PseudonymKeys } from './keys.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { Redaction } from './redaction.ts';
import { compilePlan, type RedactionRules } from './rule.ts';
import { prepare, type Rulings } from './ruling.ts';

const keys = new PseudonymKeys(new Uint8Array(32).fill(1));
const EMAIL = 'bob@example.com';
const CARD = '4111 1111 1111 1111';

function opened(rules: RedactionRules, dialect = openAiChat, org = 'org-1', session = ''): Redaction {
  return new Redaction(prepare(compilePlan([rules], ['p'])), dialect, keys.of(org), session);
}

const chat = (...contents: string[]): JsonObject => ({
  model: 'm',
  messages: contents.map((content) => ({ role: 'user', content })),
});

function sent(rules: RedactionRules, text: string): string {
  const body = chat(text);
  opened(rules).request(body);
  return ((body.messages as JsonObject[])[0] as { content: string }).content;
}

const answer = (content: string): JsonObject => ({
  choices: [{ index: 0, message: { role: 'assistant', content } }],
});
const contentOf = (body: JsonObject) => JSON.stringify(body);

function faultOf(act: () => unknown): Fault {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('a fault was expected');
}

t.test('every action does what the table says', (t) => {
  const text = `card ${CARD}, mail ${EMAIL}`;
  t.equal(sent({ request: { '*': 'allow' } }, text), text);
  t.equal(sent({ request: { '*': 'alert' } }, text), text);
  t.equal(sent({ request: { '*': 'partial' } }, text), 'card ****1111, mail ****ecom');
  t.match(
    sent({ request: { '*': 'hash' } }, text),
    /^card <CREDIT_CARD#[a-z2-7]{12}>, mail <EMAIL#[a-z2-7]{12}>$/,
  );
  t.match(
    sent({ request: { pii: 'pseudonymise' } }, text),
    /^card <CREDIT_CARD_[a-z2-7]{8}>, mail <EMAIL_[a-z2-7]{8}>$/,
  );
  t.equal(sent({ request: { '*': 'mask' } }, text), 'card <CREDIT_CARD>, mail <EMAIL>');
  t.equal(faultOf(() => sent({ request: { '*': 'block' } }, text)).code, 'pii_blocked');
  t.end();
});

t.test('a long text that comes again is told from every other, and by who looked', async (t) => {
  const rules: RedactionRules = { request: { email: 'mask' } };
  const first = prepare(compilePlan([rules], ['p']));
  const prose = 'The warehouse moved again and nobody was told why. '.repeat(40);
  const through = (rulings: Rulings, ...texts: string[]): unknown[] => {
    const body = chat(...texts);
    new Redaction(rulings, openAiChat, keys.of('org-1'), '').request(body);
    return (body.messages as JsonObject[]).map(({ content }) => content);
  };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(prose.length), fc.constantFrom('', EMAIL, CARD)), { maxLength: 8 }),
      (turns) => {
        const texts = turns.map(([at, value]) => `${prose.slice(0, at)} ${value} ${prose.slice(at)}`);
        const wanted = texts.map((text) => text.replace(EMAIL, '<EMAIL>'));
        // the conversation grows: all that was said comes again with every turn
        return turns.every(
          (_, turn) =>
            through(first, ...texts.slice(0, turn + 1)).join() === wanted.slice(0, turn + 1).join(),
        );
      },
    ),
  );
  t.same(through(first, `${prose}${CARD}`), [`${prose}${CARD}`]);
  const stricter = prepare(compilePlan([{ request: { pii: 'mask' } }], ['p']));
  t.same(through(stricter, `${prose}${CARD}`), [`${prose}<CREDIT_CARD>`]);
});

t.test('a fake that one request let pass is looked at again in the next', async (t) => {
  const prose = 'The warehouse moved again and nobody was told why. '.repeat(40);
  const rulings = prepare(compilePlan([{ request: { email: 'fake' } }], ['p']));
  const contents = (body: JsonObject) => (body.messages as JsonObject[]).map(({ content }) => `${content}`);
  const one = chat(EMAIL);
  new Redaction(rulings, openAiChat, keys.of('org-1'), '').request(one);
  const [fake = ''] = contents(one);
  const both = chat(EMAIL, `${prose}${fake}`);
  new Redaction(rulings, openAiChat, keys.of('org-1'), '').request(both);
  t.equal(contents(both)[1], `${prose}${fake}`, 'it stands for the value of this request');
  const alone = chat(`${prose}${fake}`);
  new Redaction(rulings, openAiChat, keys.of('org-1'), '').request(alone);
  t.notOk(contents(alone)[0]?.includes(fake), 'here it is anybody\u2019s address');
});

t.test('a fake has the form of its value and belongs to nobody', (t) => {
  const rules: RedactionRules = { request: { pii: 'fake', secret: 'fake' } };
  const card = sent(rules, CARD);
  t.match(card, /^4000 00\d\d \d{4} \d{4}$/);
  t.ok(luhn(card.replaceAll(' ', '')));
  t.equal(mod97(sent(rules, 'GB82 WEST 1234 5698 7654 32')), 1);
  t.match(sent(rules, EMAIL), /^[a-z]+\.[a-z]+\d\d@example\.com$/);
  t.match(sent(rules, '+1 415 555 2671'), /^\+1 \d{3}-555-01\d\d$/);
  t.match(sent(rules, 'my ssn is 536-22-1234'), /^my ssn is 987-65-432\d$/);
  t.match(sent(rules, 'from 10.11.12.13'), /^from (?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
  t.equal(sent(rules, `glpat-${'aB3dE5gH7jK9mN1pQ3sT'}`), '<GITLAB_TOKEN>', 'secrets are masked');
  t.end();
});

t.test('what an answer brought into the conversation is not faked again', (t) => {
  const rules: RedactionRules = { request: { email: 'fake' } };
  const fake = sent(rules, EMAIL);
  const body = chat(EMAIL, `you said ${fake}`);
  opened(rules).request(body);
  t.match(contentOf(body), `you said ${fake}`);
  t.end();
});

t.test('what is only watched changes nothing, holds nothing back, and is counted', (t) => {
  const redaction = opened({ request: { email: 'alert' }, answer: { email: 'alert', phone: 'mask' } });
  t.equal(redaction.request(chat(`${EMAIL} and ${EMAIL}`)), false);
  const whole = answer(`call +1 415 555 2671 or ${EMAIL}`);
  redaction.transform()?.whole(whole);
  t.match(contentOf(whole), 'call <PHONE> or bob@example.com');
  t.match(redaction.findings(), [
    { entity: 'email', action: 'alert', direction: 'request', count: 2 },
    { entity: 'email', action: 'alert', direction: 'answer', count: 1 },
    { entity: 'phone', action: 'mask', direction: 'answer', count: 1 },
  ]);
  t.end();
});

t.test(
  'findings carry a keyed hash: the same for a value in all requests of an organisation, never the value',
  (t) => {
    const hashesOf = (text: string, org?: string) => {
      const redaction = opened({ request: { email: 'mask' } }, openAiChat, org);
      redaction.request(chat(text));
      return redaction.findings()[0]?.hashes ?? [];
    };
    t.same(hashesOf(`${EMAIL} ${EMAIL}`), hashesOf('Bob@Example.com'));
    t.equal(hashesOf(EMAIL).length, 1);
    t.notSame(hashesOf(EMAIL), hashesOf(EMAIL, 'org-2'));
    t.equal(hashesOf(Array.from({ length: 99 }, (_, n) => `bob${n}@example.com`).join(' ')).length, 8);
    t.end();
  },
);

t.test('pseudonyms follow the conversation: its name, or how it begins', (t) => {
  const rules: RedactionRules = { request: { pii: 'pseudonymise' } };
  const tokenIn = (contents: string[], session?: string) => {
    const body = chat(...contents);
    opened(rules, openAiChat, 'org-1', session).request(body);
    return /<EMAIL_\w+>/.exec(contentOf(body))?.[0];
  };
  t.equal(tokenIn(['hello', EMAIL]), tokenIn(['hello', EMAIL, 'and then?']));
  t.not(tokenIn(['hello', EMAIL]), tokenIn(['good morning', EMAIL]));
  t.equal(tokenIn(['hello', EMAIL], 's1'), tokenIn(['good morning', EMAIL], 's1'));
  t.not(tokenIn(['hello', EMAIL], 's1'), tokenIn(['hello', EMAIL], 's2'));
  t.end();
});

t.test('what a person writes like a pseudonym comes back as it was written', (t) => {
  const rules: RedactionRules = { request: { pii: 'pseudonymise' } };
  const body = chat(EMAIL);
  opened(rules, openAiChat, 'org-1', 's').request(body);
  const token = /<EMAIL_\w+>/.exec(contentOf(body))?.[0] ?? '';
  const again = chat(`${EMAIL} is not ${token}`);
  const redaction = opened(rules, openAiChat, 'org-1', 's');
  redaction.request(again);
  const text = ((again.messages as JsonObject[])[0] as { content: string }).content;
  t.match(text, /^<EMAIL_[a-z2-7]{8}> is not <LITERAL_[a-z2-7]{8}>$/);
  const whole = answer(`So: ${text}`);
  redaction.transform()?.whole(whole);
  t.match(contentOf(whole), `So: ${EMAIL} is not ${token}`);
  t.end();
});

t.test('values are put back where policy lets them: everywhere, not in tool arguments, or nowhere', (t) => {
  for (const [restore, inText, inTools] of [
    ['everywhere', true, true],
    ['text', true, false],
    ['nowhere', false, false],
  ] as const) {
    const redaction = opened({ request: { email: 'pseudonymise' }, restore }, anthropicMessages);
    const body: JsonObject = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: EMAIL }] };
    redaction.request(body);
    const token = /<EMAIL_\w+>/.exec(contentOf(body))?.[0] ?? '';
    const whole: JsonObject = {
      content: [
        { type: 'text', text: token },
        { type: 'tool_use', id: 't', name: 'f', input: { to: token } },
      ],
    };
    redaction.transform()?.whole(whole);
    const [text, tool] = whole.content as { text?: string; input?: { to: string } }[];
    t.equal(text?.text === EMAIL, inText, restore);
    t.equal(tool?.input?.to === EMAIL, inTools, restore);
    const delta = {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify({ to: token }) },
    };
    const transform = redaction.transform();
    const out = transform === undefined ? [delta] : [...transform.event(delta), ...transform.end()];
    t.equal(JSON.stringify(out).includes(EMAIL), inTools, `${restore}, streamed`);
  }
  t.end();
});

t.test('a pseudonym that an answer’s own value got is for good', (t) => {
  const redaction = opened({ request: { phone: 'pseudonymise' }, answer: { email: 'pseudonymise' } });
  redaction.request(chat('+1 415 555 2671'));
  const whole = answer('write to ann@example.org');
  redaction.transform()?.whole(whole);
  t.match(contentOf(whole), /write to <EMAIL_[a-z2-7]{8}>/);
  t.end();
});

t.test('an answer that is to be JSON is JSON still after values are put back', (t) => {
  const rules: RedactionRules = { request: { email: 'pseudonymise' } };
  for (const response_format of [{ type: 'json_schema' }, { type: 'text' }]) {
    const body = { ...chat('"o\'brien"@example.com or o\'brien@example.com'), response_format };
    const redaction = opened(rules);
    redaction.request(body);
    const token = /<EMAIL_\w+>/.exec(contentOf(body))?.[0] ?? '';
    const whole = answer(JSON.stringify({ mail: token }));
    redaction.transform()?.whole(whole);
    t.match(contentOf(whole), "o'brien@example.com");
  }
  const pseudonyms = new Pseudonyms(keys.of('o'), () => '');
  const token = pseudonyms.of('address', '1 "High" St\nLondon', '');
  t.same(JSON.parse(new JsonText(pseudonyms.restorer()).end(`{"a":"${token}"}`)), {
    a: '1 "High" St\nLondon',
  });
  t.equal(pseudonyms.restorer().end(token), '1 "High" St\nLondon');
  t.end();
});

t.test('JSON that is written into a text is read as what it says, and is JSON still', (t) => {
  const rules: RedactionRules = { request: { pii: 'mask' }, answer: { pii: 'mask' } };
  // as json.dumps of Python writes it
  const written =
    '{"note": "see\\nJohn Smith\\n+1 415 555 2671\\nbob@example.com", "by": "J\\u00fcrgen M\\u00fcller"}';
  const expected = { note: 'see\n<PERSON>\n<PHONE>\n<EMAIL>', by: '<PERSON>' };
  const body: JsonObject = { model: 'm', messages: [{ role: 'tool', tool_call_id: 'c', content: written }] };
  t.equal(opened(rules).request(body), true);
  const [message] = body.messages as { content: string }[];
  t.same(JSON.parse(message?.content ?? ''), expected);
  const asking = { ...chat('as JSON, please'), response_format: { type: 'json_object' } };
  const redaction = opened(rules);
  redaction.request(asking);
  const whole = answer(written);
  redaction.transform()?.whole(whole);
  const [choice] = whole.choices as { message: { content: string } }[];
  t.same(JSON.parse(choice?.message.content ?? ''), expected);
  const transform = redaction.transform();
  let streamed = '';
  for (const content of written.match(/.{1,5}/g) ?? [])
    for (const event of transform?.event({ choices: [{ index: 0, delta: { content } }] }) ?? [])
      streamed += (event.choices as { delta: { content: string } }[])[0]?.delta.content;
  for (const event of transform?.end() ?? [])
    streamed += (event.choices as { delta: { content: string } }[])[0]?.delta.content;
  t.same(JSON.parse(streamed), expected, 'streamed');
  t.end();
});

t.test('names of members are texts as well, in tool input and in metadata', (t) => {
  const body: JsonObject = {
    model: 'm',
    max_tokens: 9,
    messages: [
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 't', name: 'f', input: { first: 1, [EMAIL]: { [EMAIL]: EMAIL }, last: 2 } },
        ],
      },
    ],
  };
  t.equal(opened({ request: { email: 'mask' } }, anthropicMessages).request(body), true);
  t.match(contentOf(body), '"input":{"first":1,"<EMAIL>":{"<EMAIL>":"<EMAIL>"},"last":2}');
  t.end();
});

const dataUrl = (type: string, text: string) => `data:${type};base64,${Buffer.from(text).toString('base64')}`;

t.test('a file that is text is read like any other text; other files stay as they are', (t) => {
  const parts = (url: string): JsonObject => ({
    model: 'm',
    input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a', file_data: url }] }],
  });
  const rules: RedactionRules = { request: { email: 'mask' } };
  const text = parts(dataUrl('text/csv', `name,mail\nBob,${EMAIL}\n`));
  t.equal(opened(rules, openAiResponses).request(text), true);
  t.match(contentOf(text), dataUrl('text/csv', 'name,mail\nBob,<EMAIL>\n'));
  const plain = parts(`data:text/plain,I%20am%20bob%40example.com`);
  t.equal(opened(rules, openAiResponses).request(plain), true);
  t.match(contentOf(plain), 'data:text/plain,I%20am%20%3CEMAIL%3E');
  t.equal(opened(rules, openAiResponses).request(parts(dataUrl('image/png', EMAIL))), false);
  t.end();
});

t.test(
  'text is known by its type, its name or its look, in any encoding, and nothing else in it changes',
  (t) => {
    const rules: RedactionRules = { request: { email: 'mask' } };
    const sent = (part: JsonObject): string => {
      const body: JsonObject = { model: 'm', input: [{ role: 'user', content: [part] }] };
      opened(rules, openAiResponses).request(body);
      const { file_data: data = '' } = part as { file_data?: string };
      return data.slice(data.indexOf(',') + 1);
    };
    const file = (bytes: Buffer, type = '', filename = 'a'): JsonObject => ({
      type: 'input_file',
      filename,
      file_data: `${type === '' ? '' : `data:${type};base64,`}${bytes.toString('base64')}`,
    });
    const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
      Buffer.from(text, encoding).toString('base64');
    t.equal(sent(file(Buffer.from(EMAIL), '', 'a.csv')), base64('<EMAIL>'));
    t.equal(sent(file(Buffer.from(EMAIL), 'application/octet-stream')), base64('<EMAIL>'));
    t.equal(sent(file(Buffer.from(EMAIL), 'message/rfc822')), base64('<EMAIL>'));
    const wide = Buffer.from(`\ufeffI am ${EMAIL}`, 'utf16le');
    t.equal(sent(file(wide, 'text/plain')), base64('\ufeffI am <EMAIL>', 'utf16le'));
    const swapped = Buffer.from(wide).swap16();
    const expected = Buffer.from('\ufeffI am <EMAIL>', 'utf16le').swap16().toString('base64');
    t.equal(sent(file(swapped, '', 'a.txt')), expected);
    const old = Buffer.from(`J\u00fcrgen: ${EMAIL}`, 'latin1');
    t.equal(sent(file(old, 'text/csv')), base64('J\u00fcrgen: <EMAIL>', 'latin1'));
    const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), Buffer.from(EMAIL)]);
    t.equal(sent(file(picture)), picture.toString('base64'));
    const parts = [
      { inlineData: { mimeType: 'text/csv', data: base64(EMAIL) } },
      { inline_data: { mime_type: 'text/plain', data: base64(EMAIL) } },
    ];
    const gemini: JsonObject = { contents: [{ role: 'user', parts }] };
    opened(rules, geminiGenerate('m', false)).request(gemini);
    t.same(
      parts.map((part) => part.inlineData?.data ?? part.inline_data?.data),
      [base64('<EMAIL>'), base64('<EMAIL>')],
    );
    t.end();
  },
);

t.test('a policy may refuse every file, in place or by reference', (t) => {
  for (const part of [
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'image_url', image_url: { url: dataUrl('image/png', 'x') } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
  ]) {
    const body: JsonObject = { model: 'm', messages: [{ role: 'user', content: [part] }] };
    const fault = faultOf(() => opened({ files: 'block' }).request(body));
    t.equal(fault.code, 'pii_blocked');
    t.match(fault.message, /a file at messages\[0\]\.content\[0\].*the policy "p"/);
  }
  const source = { type: 'base64', media_type: 'application/pdf', data: 'AAAA' };
  const body: JsonObject = {
    model: 'm',
    messages: [{ role: 'user', content: [{ type: 'document', source }] }],
  };
  t.equal(faultOf(() => opened({ files: 'block' }, anthropicMessages).request(body)).code, 'pii_blocked');
  t.equal(opened({ files: 'block' }).request(chat('no file at all')), false);
  t.end();
});

t.test('what is recorded beside the body becomes a hash that still tells users apart', (t) => {
  const redaction = opened({ request: { email: 'pseudonymise', phone: 'alert' } });
  t.match(redaction.kept(`user ${EMAIL}`), /^user <EMAIL#[a-z2-7]{12}>$/);
  t.not(redaction.kept('ann@example.org'), redaction.kept(EMAIL));
  t.equal(redaction.kept('+1 415 555 2671'), '+1 415 555 2671');
  t.end();
});
