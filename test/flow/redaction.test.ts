import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { anthropicMessages, openAiChat, openAiResponses } from '../../src/dialects/index.ts';
import { type Arrival, Call, type EventTransform, type HasCall, type Open } from '../../src/gateway/stage.ts';
import type { HasPrincipal } from '../../src/identity/index.ts';
import {
  compilePlan,
  type HasRedaction,
  PseudonymKeys,
  type RedactionPlan,
  type RedactionRules,
} from '../../src/redaction/index.ts';
import { redact } from '../../src/redaction/stage.ts';

const stage = redact({ keys: new PseudonymKeys(new Uint8Array(32).fill(1)), analyser: undefined });

type Exchange = Arrival & HasPrincipal & HasCall & { verdict: { redaction: RedactionPlan | undefined } };

/** Only what the stage reads. */
function exchange(
  dialect: Dialect,
  body: JsonObject,
  rules: RedactionRules | undefined,
): Exchange & Open<HasRedaction> {
  return {
    endpoint: { dialect },
    headers: {},
    principal: { orgId: 'org-1' },
    call: new Call(body, dialect.describe(body)),
    verdict: { redaction: rules && compilePlan([rules], ['no-leaks']) },
    redaction: null,
  } as unknown as Exchange & Open<HasRedaction>;
}

function entered(
  dialect: Dialect,
  body: JsonObject,
  rules: RedactionRules | undefined,
): Exchange & HasRedaction {
  const x = exchange(dialect, body, rules);
  stage.enter(x);
  return x as Exchange & HasRedaction;
}

function transformOf(x: Exchange & HasRedaction): EventTransform {
  const transform = stage.events?.(x);
  if (transform === undefined) throw new Error('a transform was expected');
  return transform;
}

function faultOf(act: () => unknown): Fault {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('a fault was expected');
}

const EMAIL = 'bob@example.com';
const chat = (...messages: JsonObject[]): JsonObject => ({ model: 'm', messages });
const say = (content: string): JsonObject => chat({ role: 'user', content });

t.test('what policy says must not leave is found wherever text is (litellm#41265, PR#38841)', (t) => {
  const x = entered(
    openAiChat,
    {
      ...chat(
        { role: 'system', content: `admin is ${EMAIL}` },
        {
          role: 'user',
          content: [
            { type: 'text', text: `I am ${EMAIL}` },
            { type: 'file', file: { filename: `${EMAIL}.txt` } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'send', arguments: `{"to":"bob\\u0040example.com","n":1.0}` },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: `sent to ${EMAIL}` },
      ),
      user: EMAIL,
      metadata: { owner: EMAIL },
      tools: [{ type: 'function', function: { name: 'send', description: `as ${EMAIL}`, parameters: {} } }],
    },
    { request: { email: 'mask' } },
  );
  const sent = JSON.stringify(x.call.body);
  t.notMatch(sent, /bob/);
  t.match(sent, '"arguments":"{\\"to\\":\\"<EMAIL>\\",\\"n\\":1.0}"');
  t.equal(x.call.changed, true);
  t.equal(x.call.described.user, '<EMAIL>');
  t.match(x.redaction?.findings(), [{ entity: 'email', action: 'mask', direction: 'request', count: 8 }]);
  t.equal(x.redaction?.findings().length, 1);
  t.end();
});

t.test('a blocked value is refused: type, place and policy are named, the value is not', (t) => {
  const fault = faultOf(() =>
    entered(openAiChat, say('my card is 4111 1111 1111 1111'), { request: { credit_card: 'block' } }),
  );
  t.equal(fault.code, 'pii_blocked');
  t.equal(fault.details.param, 'messages[0].content');
  t.match(fault.message, /card number \(credit_card\) at messages\[0\]\.content.*"no-leaks"/);
  t.notMatch(JSON.stringify({ ...fault, message: fault.message }), /4111/);
  t.end();
});

t.test('a request and an answer that redaction does not touch keep their bytes', (t) => {
  const x = entered(openAiChat, say('hello'), { request: { '*': 'pseudonymise' } });
  t.equal(x.call.changed, false);
  t.equal(stage.events?.(x), undefined);
  const escaped = '{"a\\u0062":"\\u0063\\/d"}';
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: escaped } };
  const y = entered(openAiChat, chat({ role: 'assistant', tool_calls: [call] }), {
    request: { '*': 'mask' },
  });
  t.equal(y.call.changed, false);
  t.equal(call.function.arguments, escaped);
  t.equal(entered(openAiChat, say(EMAIL), undefined).redaction, undefined);
  t.end();
});

t.test('a conversation sent again has the same pseudonyms again', (t) => {
  const rules: RedactionRules = { request: { pii: 'pseudonymise' } };
  const first = JSON.stringify(entered(openAiChat, say(`I am ${EMAIL}`), rules).call.body.messages);
  const again = JSON.stringify(
    entered(
      openAiChat,
      chat({ role: 'user', content: `I am ${EMAIL}` }, { role: 'user', content: 'and now?' }),
      rules,
    ).call.body.messages,
  );
  t.match(first, /<EMAIL_[a-z2-7]{8}>/);
  t.ok(again.startsWith(first.slice(0, -1)));
  t.end();
});

interface Streamed {
  readonly dialect: Dialect;
  readonly request: JsonObject;
  readonly events: (chunks: string[], json: boolean) => JsonObject[];
  /** What a reader of the events puts together. */
  readonly read: (events: JsonObject[], json: boolean) => string;
  readonly whole: (text: string, json: boolean) => JsonObject;
  readonly readWhole: (body: JsonObject, json: boolean) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: events are read as an SDK's user would
const any = (value: unknown): any => value;
const textIn = (event: JsonObject, key: string) => any(event).delta?.[key] ?? '';

const DIALECTS: readonly Streamed[] = [
  {
    dialect: openAiChat,
    request: say(`I am ${EMAIL}`),
    events: (chunks, json) => [
      ...chunks.map((text) => ({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            finish_reason: null,
            logprobs: { content: [{ token: text }] },
            delta: json ? { tool_calls: [{ index: 0, function: { arguments: text } }] } : { content: text },
          },
        ],
      })),
      {
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, finish_reason: 'stop', delta: {} }],
      },
    ],
    read: (events, json) =>
      events
        .map((event) => any(event).choices[0].delta)
        .map((delta) => (json ? delta.tool_calls?.[0].function.arguments : delta.content) ?? '')
        .join(''),
    whole: (text, json) => ({
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: json
            ? {
                role: 'assistant',
                tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: text } }],
              }
            : { role: 'assistant', content: text },
        },
      ],
    }),
    readWhole: (body, json) => {
      const { message } = any(body).choices[0];
      return json ? message.tool_calls[0].function.arguments : message.content;
    },
  },
  {
    dialect: openAiResponses,
    request: { model: 'm', input: `I am ${EMAIL}` },
    events: (chunks, json) => {
      const at = { item_id: 'i', output_index: 0, ...(json ? {} : { content_index: 0 }) };
      const kind = json ? 'response.function_call_arguments' : 'response.output_text';
      const item = {
        id: 'i',
        ...(json
          ? { type: 'function_call', name: 'f', arguments: chunks.join('') }
          : {
              type: 'message',
              role: 'assistant',
              content: [{ type: 'output_text', text: chunks.join('') }],
            }),
      };
      return [
        ...chunks.map((delta, n) => ({ type: `${kind}.delta`, sequence_number: n, ...at, delta })),
        {
          type: `${kind}.done`,
          sequence_number: chunks.length,
          ...at,
          [json ? 'arguments' : 'text']: chunks.join(''),
        },
        {
          type: 'response.completed',
          sequence_number: chunks.length + 1,
          response: { id: 'r', status: 'completed', output: [item] },
        },
      ];
    },
    read: (events, json) => {
      const text = events
        .filter((event) => String(event.type).endsWith('.delta'))
        .map((event) => event.delta)
        .join('');
      const done = events.find((event) => String(event.type).endsWith('.done'));
      const final = any(events.at(-1)).response.output[0];
      const numbers = events.map((event) => Number(event.sequence_number));
      if (numbers.some((number, at) => number !== at)) return 'events are not numbered one after the other';
      if (text !== (json ? done?.arguments : done?.text)) return `deltas and done differ: ${text}`;
      return text === (json ? final.arguments : final.content[0].text)
        ? text
        : `deltas and completed differ: ${text}`;
    },
    whole: (text, json) => ({
      output: [
        json
          ? { type: 'function_call', name: 'f', arguments: text }
          : { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
      ],
    }),
    readWhole: (body, json) => (json ? any(body).output[0].arguments : any(body).output[0].content[0].text),
  },
  {
    dialect: anthropicMessages,
    request: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: `I am ${EMAIL}` }] },
    events: (chunks, json) => [
      {
        type: 'content_block_start',
        index: 0,
        content_block: json
          ? { type: 'tool_use', id: 't', name: 'f', input: {} }
          : { type: 'text', text: '' },
      },
      ...chunks.map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: json ? { type: 'input_json_delta', partial_json: text } : { type: 'text_delta', text },
      })),
      { type: 'content_block_stop', index: 0 },
    ],
    read: (events, json) => events.map((event) => textIn(event, json ? 'partial_json' : 'text')).join(''),
    whole: (text) => ({ role: 'assistant', content: [{ type: 'text', text }] }),
    readWhole: (body) => any(body).content[0].text,
  },
];

const RULES: RedactionRules = { request: { pii: 'pseudonymise' }, answer: { pii: 'mask', secret: 'mask' } };
const token =
  JSON.stringify(entered(openAiChat, say(`I am ${EMAIL}`), RULES).call.body).match(
    /<EMAIL_[a-z2-7]+>/,
  )?.[0] ?? '';
const words = fc.array(
  fc.constantFrom(
    token,
    token.slice(1, -1),
    token.slice(0, 9),
    '<EMAIL_aaaaaaaa>',
    'ann@example.org',
    '4111 1111 1111 1111',
    '+1 415 555 2671',
    ' ',
    ' and ',
    '. ',
    '"',
    'x',
    '😀',
    '\n',
  ),
  { maxLength: 12 },
);

for (const { dialect, request, events, read, whole, readWhole } of DIALECTS)
  for (const json of dialect === anthropicMessages ? [false] : [false, true])
    t.test(
      `${dialect.id}, ${json ? 'arguments' : 'text'}: stream: true is held to what stream: false is (aisix#204)`,
      (t) => {
        fc.assert(
          fc.property(
            words,
            fc.integer({ min: 1, max: 9 }),
            fc.constantFrom('', ' ; '),
            (parts, size, glue) => {
              const text = json ? JSON.stringify({ to: parts.join(glue), list: parts }) : parts.join(glue);
              const x = entered(dialect, structuredClone(request), RULES);
              const body = whole(text, json);
              transformOf(x).whole(body);
              const expected = readWhole(body, json);
              const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
              const incoming = events(chunks, json);
              const transform = transformOf(x);
              const out = incoming.flatMap((event) => transform.event(event));
              out.push(...transform.end());
              const kept = incoming.every((event) => out.includes(event));
              const leaked = glue !== '' && /ann@|4111|415 555/.test(JSON.stringify(out));
              return kept && read(out, json) === expected && !leaked;
            },
          ),
          { numRuns: 300 },
        );
        t.end();
      },
    );

/** Values that are known by what they are called, or have no quotes around them. */
const RECORD: JsonObject = {
  db_password: 'Sup3r·S3cret!x'.replace('·', ''),
  api_key: 'q8Zk3LmP0xYt·R5vB7nW2'.replace('·', ''),
  ssn: '078-05-1120',
  born: { date_of_birth: '1984-03-02' },
  cards: [4111111111111111, 'none'],
  tel: 4155550132,
  count: 12345678,
  note: 'ok',
};
const RECORD_MASKED = {
  db_password: '<PASSWORD>',
  api_key: '<ASSIGNED_CREDENTIAL>',
  ssn: '<US_SSN>',
  born: { date_of_birth: '<DATE_OF_BIRTH>' },
  cards: ['<CREDIT_CARD>', 'none'],
  tel: '<PHONE>',
  count: 12345678,
  note: 'ok',
};
t.test(
  'in arguments and metadata the name of a value tells what it is, in every dialect alike (litellm#41265)',
  (t) => {
    const rules: RedactionRules = { request: { pii: 'mask', secret: 'mask' } };
    const sent = (dialect: Dialect, body: JsonObject) => any(entered(dialect, body, rules).call.body);
    const metadata = structuredClone(RECORD);
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify(RECORD) } };
    const asked = sent(openAiChat, { ...chat({ role: 'assistant', tool_calls: [call] }), metadata });
    t.same(JSON.parse(asked.messages[0].tool_calls[0].function.arguments), RECORD_MASKED);
    t.same(asked.metadata, RECORD_MASKED);
    const input = [{ type: 'function_call', call_id: 'c', name: 'f', arguments: JSON.stringify(RECORD) }];
    t.same(JSON.parse(sent(openAiResponses, { model: 'm', input }).input[0].arguments), RECORD_MASKED);
    const content: JsonObject[] = [{ type: 'tool_use', id: 't', name: 'f', input: structuredClone(RECORD) }];
    const messages = [{ role: 'assistant', content }];
    t.same(
      sent(anthropicMessages, { model: 'm', max_tokens: 9, messages }).messages[0].content[0].input,
      RECORD_MASKED,
    );
    t.end();
  },
);

t.test('Anthropic tool input is the same streamed and whole, names and numbers included', (t) => {
  const rules: RedactionRules = { answer: { pii: 'mask', secret: 'mask' } };
  const x = entered(anthropicMessages, structuredClone(DIALECTS[2]?.request as JsonObject), rules);
  const body = {
    role: 'assistant',
    content: [{ type: 'tool_use', id: 't', name: 'f', input: structuredClone(RECORD) }],
  };
  transformOf(x).whole(body);
  t.same(body.content[0]?.input, RECORD_MASKED);
  for (const size of [1, 3, 40]) {
    const transform = transformOf(x);
    const chunks = JSON.stringify(RECORD).match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
    const out = (DIALECTS[2] as Streamed).events(chunks, true).flatMap((event) => transform.event(event));
    t.same(JSON.parse((DIALECTS[2] as Streamed).read(out, true)), RECORD_MASKED, `in pieces of ${size}`);
  }
  t.end();
});

t.test('Anthropic tool arguments stream out restored and redacted', (t) => {
  const x = entered(anthropicMessages, structuredClone(DIALECTS[2]?.request as JsonObject), RULES);
  const transform = transformOf(x);
  const text = JSON.stringify({ to: token, cc: 'ann@example.org' });
  const out = (DIALECTS[2] as Streamed)
    .events(text.match(/.{1,3}/g) ?? [], true)
    .flatMap((event) => transform.event(event));
  t.same(JSON.parse((DIALECTS[2] as Streamed).read(out, true)), { to: EMAIL, cc: '<EMAIL>' });
  t.equal(out.at(-1)?.type, 'content_block_stop');
  t.end();
});

t.test('a value that the answer must not hold ends it, streamed or not', (t) => {
  const [{ events, whole }] = DIALECTS as [Streamed];
  const x = entered(openAiChat, say('hi'), { answer: { email: 'block' } });
  const transform = transformOf(x);
  const out: JsonObject[] = [];
  const fault = faultOf(() => {
    for (const event of events(['write to bo', 'b@exam', 'ple.com now'], false))
      out.push(...transform.event(event));
  });
  t.equal(fault.code, 'answer_blocked');
  t.notMatch(JSON.stringify(out), /bo/);
  t.equal(
    faultOf(() => transformOf(x).whole(whole('write to bob@example.com now', false))).code,
    'answer_blocked',
  );
  t.end();
});

t.test('raw tokens beside the text are dropped, and an event nobody knows is refused', (t) => {
  const x = entered(openAiChat, say('hi'), { answer: { email: 'mask' } });
  const [{ events }] = DIALECTS as [Streamed];
  t.notMatch(
    JSON.stringify(events(['bob'], false).flatMap((event) => transformOf(x).event(event))),
    /"token"/,
  );
  const y = entered(openAiResponses, { model: 'm', input: 'hi' }, { answer: { email: 'mask' } });
  t.equal(
    faultOf(() => transformOf(y).event({ type: 'response.telepathy.delta', delta: EMAIL })).code,
    'answer_blocked',
  );
  t.end();
});

t.test('a stream that breaks off gives what was held back, redacted', (t) => {
  const x = entered(openAiChat, say('hi'), { answer: { email: 'mask' } });
  const transform = transformOf(x);
  const [{ events, read }] = DIALECTS as [Streamed];
  const out = events(['write to bob@exam', 'ple.com'], false)
    .slice(0, 2)
    .flatMap((event) => transform.event(event));
  t.equal(read([...out, ...transform.end()], false), 'write to <EMAIL>');
  t.same(transform.end(), []);
  t.end();
});
