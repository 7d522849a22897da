/**
 * Three vendors over one real socket, each in its own dialect: who is offered a tool calls it, who is given its result
 * answers with it, who is asked for JSON by a schema answers in JSON, who is shown an image says so.
 */
import { type Received, startUpstream, type Upstream, type UpstreamReply } from '../upstream/upstream.ts';

export const WEATHER = '{"location":"Paris"}';
export const SUNNY = 'It is sunny in Paris.';
export const GREETING = 'Hello from afar.';
export const CITY = '{"city":"Paris"}';
export const SEEN = 'I see an image.';

type Said =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly args: string }
  | { readonly kind: 'error' };

export function startVendors(t: Parameters<typeof startUpstream>[0]): Promise<Upstream> {
  return startUpstream(t, (request) => {
    if (request.path.startsWith('/openai/')) return openAi(request);
    if (request.path.startsWith('/anthropic/')) return anthropic(request);
    return gemini(request);
  });
}

/** What to say depends on what the body holds, in the words of any of the three. */
function saidTo({ body }: Received): Said {
  if (body.includes('please fail')) return { kind: 'error' };
  if (/"role":"tool"|"tool_result"|"functionResponse"/.test(body)) return { kind: 'text', text: SUNNY };
  if (/"json_schema"|"output_config"|"responseJsonSchema"|"responseSchema"/.test(body))
    return { kind: 'text', text: CITY };
  if (body.includes('get_weather')) return { kind: 'tool', name: 'get_weather', args: WEATHER };
  // how some clients ask for JSON of models that they do not know
  if (body.includes('"name":"json"')) return { kind: 'tool', name: 'json', args: CITY };
  if (/"image_url"|"image"|"inlineData"/.test(body)) return { kind: 'text', text: SEEN };
  return { kind: 'text', text: GREETING };
}

function json(body: unknown, status = 200): UpstreamReply {
  return { status, headers: { 'content-type': 'application/json' }, chunks: [JSON.stringify(body)] };
}

function stream(events: readonly string[]): UpstreamReply {
  return { headers: { 'content-type': 'text/event-stream' }, chunks: events };
}

/** Two pieces, so that a stream is one. */
function halves(text: string): readonly [string, string] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)];
}

const OPENAI_USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

function openAi(request: Received): UpstreamReply {
  const said = saidTo(request);
  if (said.kind === 'error')
    return json({ error: { message: 'no', type: 'invalid_request_error', param: null, code: 'bad' } }, 400);
  const [name, args] = said.kind === 'tool' ? [said.name, said.args] : ['', ''];
  const call = { id: 'call_1', type: 'function', function: { name, arguments: args } };
  const finish = said.kind === 'tool' ? 'tool_calls' : 'stop';
  const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'gpt-test' };
  if (!request.body.includes('"stream":true')) {
    const message =
      said.kind === 'tool'
        ? { role: 'assistant', content: null, tool_calls: [call] }
        : { role: 'assistant', content: said.text };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
    return json({ ...head, object: 'chat.completion', choices, usage: OPENAI_USAGE });
  }
  const chunk = (delta: unknown, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const deltas =
    said.kind === 'tool'
      ? [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ index: 0, ...call, function: { ...call.function, arguments: '' } }],
          },
          ...halves(args).map((part) => ({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
        ]
      : [{ role: 'assistant', content: '' }, ...halves(said.text).map((content) => ({ content }))];
  const usage = { ...head, object: 'chat.completion.chunk', choices: [], usage: OPENAI_USAGE };
  return stream([
    ...deltas.map((delta) => chunk(delta)),
    chunk({}, finish),
    `data: ${JSON.stringify(usage)}\n\n`,
    'data: [DONE]\n\n',
  ]);
}

function anthropic(request: Received): UpstreamReply {
  const said = saidTo(request);
  if (said.kind === 'error')
    return json({ type: 'error', error: { type: 'invalid_request_error', message: 'no' } }, 400);
  const block =
    said.kind === 'tool'
      ? { type: 'tool_use', id: 'toolu_1', name: said.name, input: JSON.parse(said.args) }
      : { type: 'text', text: said.text };
  const stop_reason = said.kind === 'tool' ? 'tool_use' : 'end_turn';
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    stop_sequence: null,
  };
  const usage = { input_tokens: 11, output_tokens: 7 };
  if (!request.body.includes('"stream":true'))
    return json({ ...message, content: [block], stop_reason, usage });
  const event = (data: { readonly type: string; readonly [key: string]: unknown }): string =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const parts = halves(said.kind === 'tool' ? said.args : said.text);
  const empty = said.kind === 'tool' ? { ...block, input: {} } : { type: 'text', text: '' };
  return stream([
    event({
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    }),
    event({ type: 'content_block_start', index: 0, content_block: empty }),
    ...parts.map((part) =>
      event({
        type: 'content_block_delta',
        index: 0,
        delta:
          said.kind === 'tool'
            ? { type: 'input_json_delta', partial_json: part }
            : { type: 'text_delta', text: part },
      }),
    ),
    event({ type: 'content_block_stop', index: 0 }),
    event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage }),
    event({ type: 'message_stop' }),
  ]);
}

function gemini(request: Received): UpstreamReply {
  const said = saidTo(request);
  if (said.kind === 'error')
    return json({ error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT' } }, 400);
  const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 };
  const answer = (part: unknown, finishReason?: string): object => ({
    candidates: [
      { content: { role: 'model', parts: [part] }, index: 0, ...(finishReason && { finishReason }) },
    ],
    usageMetadata,
    modelVersion: 'gemini-test',
    responseId: 'r1',
  });
  const part =
    said.kind === 'tool'
      ? { functionCall: { name: said.name, args: JSON.parse(said.args) } }
      : { text: said.text };
  if (!request.path.includes('stream')) return json(answer(part, 'STOP'));
  const events =
    said.kind === 'tool'
      ? [answer(part, 'STOP')]
      : halves(said.text).map((text, at) => answer({ text }, at === 1 ? 'STOP' : undefined));
  return stream(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`));
}
