import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { translation } from '../translations.ts';

function opened(body: JsonObject, model = 'qwen3') {
  const target = { model, kind: 'ollama', inputTokens: 9, nowMs: 0, id: 'x' };
  const found = translation('chat', 'ollama_chat')?.open({ model: 'm', ...body }, target);
  if (found === undefined) throw new Error('no translation');
  return found;
}

const asked = { messages: [{ role: 'user', content: 'hi' }] };

t.test(
  'calls have objects as arguments, results the name of their tool, images stand beside the text',
  async (t) => {
    const { body, dropped } = opened({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'a cat' },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
      max_tokens: 7,
      seed: 1,
    });
    t.strictSame(body, {
      model: 'qwen3',
      messages: [
        { role: 'user', content: 'what is it?', images: ['AAAA'] },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c1', function: { index: 0, name: 'look', arguments: { at: 'it' } } }],
        },
        { role: 'tool', content: 'a cat', tool_name: 'look', tool_call_id: 'c1' },
      ],
      options: { num_predict: 7, seed: 1 },
      format: { type: 'object' },
      stream: false,
    });
    t.strictSame(dropped, []);
  },
);

t.test('thinking is on or off, of gpt-oss a level, and never asked of who cannot', async (t) => {
  const think = (effort: string, model?: string) => opened({ ...asked, reasoning_effort: effort }, model);
  t.equal(think('high').body.think, true);
  t.equal(think('none').body.think, false);
  t.equal(think('medium', 'gpt-oss:20b').body.think, 'medium');
  t.strictSame(think('none', 'gpt-oss:20b').dropped, ['reasoning_effort']);
  const llama = think('high', 'llama3.2');
  t.notOk('think' in llama.body);
  t.strictSame(llama.dropped, ['reasoning_effort']);
});

t.test('an answer that calls tools says so, and calls without an id get one', async (t) => {
  const { body, usage } = opened(asked).answer({
    model: 'qwen3',
    created_at: '2025-08-20T09:45:30.391699Z',
    message: {
      role: 'assistant',
      content: '',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'look', arguments: { at: 'it' } } }, { function: { name: 'look' } }],
    },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 4,
    eval_count: 6,
  });
  t.match(body, {
    created: 1755683130,
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          reasoning_content: 'hm',
          tool_calls: [
            { id: /.+/, function: { name: 'look', arguments: '{"at":"it"}' } },
            { id: /.+/, function: { name: 'look', arguments: '{}' } },
          ],
        },
      },
    ],
  });
  t.match(usage, { inputTokens: 4, outputTokens: 6 });
});

t.test('a stream without its last line is not complete', async (t) => {
  const stream = opened({ ...asked, stream: true }).stream();
  stream.event({ model: 'm', message: { content: 'h' }, done: false });
  t.equal(stream.complete(), false);
  stream.event({ model: 'm', message: { content: '' }, done: true, done_reason: 'length', eval_count: 1 });
  t.equal(stream.complete(), true);
});
