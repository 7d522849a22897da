import fc from 'fast-check';
import t from 'tap';
import { type Json, parseObject } from '../../core/json.ts';
import { openAiChat } from '../openai-chat/index.ts';
import { Skeletons } from './skeletons.ts';

const HEAD = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };

function frame(delta: Json, more: object = {}, space?: number): string {
  const event = { ...HEAD, choices: [{ index: 0, delta, finish_reason: null }], ...more };
  return `data: ${JSON.stringify(event, null, space).replaceAll('\n', ' ')}\n\n`;
}

/** Each byte a character, as chunks are searched. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function knowing(...frames: readonly string[]): Skeletons {
  const skeletons = new Skeletons();
  for (const one of frames) skeletons.learn(bytes(one));
  return skeletons;
}

t.test('a delta that differs in its text only is known, alone and in a run', async (t) => {
  const texts = ['', 'a', 'ü水😀', 'a "quoted" \\ word\n\t', '"},"finish_reason":"stop"}', '\\'];
  const skeletons = knowing(frame({ content: 'x' }), frame({ reasoning_content: 'x' }));
  for (const content of texts) {
    t.ok(skeletons.known(bytes(frame({ content }))), content);
    t.ok(skeletons.known(bytes(frame({ content }, { created: 77 }))), 'some date each chunk');
    t.ok(skeletons.known(bytes(frame({ content }) + frame({ reasoning_content: content }))), 'a run');
  }
});

t.test('what differs anywhere else is not', async (t) => {
  const skeletons = knowing(frame({ content: 'x' }));
  const others = [
    frame({ content: null }),
    frame({ content: ['x'] }),
    frame({ content: 'x', refusal: 'y' }),
    frame({ content: 'x' }, { id: 'd' }),
    frame({ content: 'x' }, { error: { message: 'm' } }),
    frame({ content: 'x' }, { created: 'now' }),
    frame({ content: 'x' }, { created: 1e18 }),
    frame({ content: 'x' }).slice(0, -1),
    `${frame({ content: 'x' })}data: [DONE]\n\n`,
    frame({ content: 'x' }).replace('"x"', '"x\ny"'),
    frame({ content: 'x' }).replace('\n\n', '\r\n\r\n'),
    '',
  ];
  for (const other of others) t.notOk(skeletons.known(bytes(other)), other);
  t.notOk(knowing('data: {"choices":[]}\n\n').known('data: {"choices":[]}\n\n'), 'nothing varies in it');
});

t.test('events that name themselves, CRLF and spaces are known like others', async (t) => {
  const named = (delta: string, number: number): string =>
    `event: response.output_text.delta\r\ndata: {"type":"response.output_text.delta","sequence_number": ${number}, "delta" : ${JSON.stringify(delta)}}\r\n\r\n`;
  t.ok(knowing(named('a', 4)).known(bytes(named('b"', 120) + named('', 5))));
  t.ok(knowing(frame({ content: 'a' }, {}, 1)).known(frame({ content: 'b' }, {}, 1)));
});

t.test('whatever is known is as well-formed as what was learnt, and holds nothing of interest', async () => {
  const learnt = [
    frame({ content: 'x' }),
    frame({ tool_calls: [{ index: 0, function: { arguments: 'x' } }] }),
  ];
  const pieces = [
    '"',
    '\\',
    '\\u00e9',
    '{}',
    ',"error":1',
    'a',
    '\n',
    '}',
    ':',
    'null',
    '"finish_reason":"stop"',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...learnt),
      fc.nat(),
      fc.nat(4),
      fc.array(fc.constantFrom(...pieces), { maxLength: 3 }),
      (base, place, removed, put) => {
        const at = place % base.length;
        const text = base.slice(0, at) + put.join('') + base.slice(at + removed);
        if (!knowing(...learnt).known(bytes(text))) return;
        const event = parseObject(text.slice(6));
        // an escape that is none: such a delta passes whether it is known or not
        if (event === undefined) return;
        const mender = openAiChat.mender?.({ id: 'x', model: 'm', nowMs: 0, words: {} });
        mender?.event(JSON.parse(frame({ role: 'assistant' }).slice(6)));
        if (
          mender?.event(event) !== false ||
          openAiChat.stream.finish(event) ||
          openAiChat.stream.error(event)
        )
          throw new Error(`${text} is not well-formed`);
      },
    ),
    { numRuns: 3000 },
  );
});
