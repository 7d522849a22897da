/** What providers say, in the three dialects that stream: bodies and frames to script an upstream with. */
import type { UpstreamReply } from './upstream.ts';

export const EVENT_STREAM = { 'content-type': 'text/event-stream' } as const;

/** One way to ask, and how its answer is told: enough to hold every dialect to the same promise. */
export interface Wire {
  readonly id: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  readonly path: string;
  /** A body that asks for this model. */
  ask(model: string, stream: boolean): Record<string, unknown>;
  /** Frames before the answer is complete; each a delta of this text. */
  readonly open: readonly string[];
  delta(text: string): string;
  /** Frames that complete the answer, the usage of 7 input and 5 output tokens in them. */
  readonly close: readonly string[];
  /** The provider's own error, sent inside a stream. */
  readonly error: string;
  readonly whole: string;
}

const json = (value: unknown): string => JSON.stringify(value);
const data = (value: unknown): string => `data: ${json(value)}\n\n`;
const named = (event: { type: string }): string => `event: ${event.type}\ndata: ${json(event)}\n\n`;
const chunk = (choice: object, more: object = {}): string =>
  data({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, finish_reason: null, ...choice }],
    ...more,
  });

export const chat: Wire = {
  id: 'openai-chat',
  path: '/v1/chat/completions',
  ask: (model, stream) => ({ model, stream, messages: [{ role: 'user', content: 'hello' }] }),
  open: [chunk({ delta: { role: 'assistant', content: '' } })],
  delta: (text) => chunk({ delta: { content: text } }),
  close: [
    chunk({ delta: {}, finish_reason: 'stop' }),
    data({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
    }),
    'data: [DONE]\n\n',
  ],
  error: data({ error: { message: 'the engine broke', type: 'server_error' } }),
  whole: json({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  }),
};

const response = (status: string, usage: object | null): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  usage,
});
const RESPONSE_USAGE = {
  input_tokens: 7,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 12,
};
const numbered = (event: { type: string }): string => named({ ...event, ...{ sequence_number: 0 } });

export const responses: Wire = {
  id: 'openai-responses',
  path: '/v1/responses',
  ask: (model, stream) => ({ model, stream, input: 'hello' }),
  open: [numbered({ type: 'response.created', ...{ response: response('in_progress', null) } })],
  delta: (text) =>
    numbered({
      type: 'response.output_text.delta',
      ...{ item_id: 'msg_1', output_index: 0, content_index: 0, delta: text, logprobs: [] },
    }),
  close: [numbered({ type: 'response.completed', ...{ response: response('completed', RESPONSE_USAGE) } })],
  error: numbered({ type: 'error', ...{ error: { type: 'server_error', message: 'the engine broke' } } }),
  whole: json(response('completed', RESPONSE_USAGE)),
};

export const messages: Wire = {
  id: 'anthropic-messages',
  path: '/v1/messages',
  ask: (model, stream) => ({ model, stream, max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }),
  open: [
    named({
      type: 'message_start',
      ...{
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 7, output_tokens: 1 },
        },
      },
    }),
    named({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } }),
  ],
  delta: (text) =>
    named({ type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text } } }),
  close: [
    named({ type: 'content_block_stop', ...{ index: 0 } }),
    named({
      type: 'message_delta',
      ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } },
    }),
    named({ type: 'message_stop' }),
  ],
  error: named({ type: 'error', ...{ error: { type: 'api_error', message: 'the engine broke' } } }),
  whole: json({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'hi' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 5 },
  }),
};

export const WIRES = [chat, responses, messages] as const;

/** A whole stream of this text. */
export function streamOf(wire: Wire, ...texts: readonly string[]): string[] {
  return [...wire.open, ...texts.map(wire.delta), ...wire.close];
}

export function streamed(
  chunks: Iterable<string | Uint8Array>,
  more: Omit<UpstreamReply, 'chunks'> = {},
): UpstreamReply {
  return { headers: EVENT_STREAM, chunks, ...more };
}

/** An `openai-compatible` provider here that serves everything a client may ask for. */
export function everything(url: string, more: object = {}): object {
  const operations = ['chat', 'completions', 'embeddings', 'responses', 'moderations', 'messages'];
  return { kind: 'openai-compatible', base_url: `${url}/v1`, operations, ...more };
}
