/** `chat.completion` and its chunks; `text_completion` likewise. */
import type { JsonObject } from '../../core/json.ts';
import { type Choice, pieces, type Reply } from './reply.ts';
import { dataEvent } from './script.ts';

const DONE = 'data: [DONE]\n\n';

export function chatAnswer(reply: Reply): unknown {
  return {
    ...head(reply, 'chatcmpl', 'chat.completion'),
    choices: reply.choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.call === undefined ? choice.tokens.join('') : null,
        refusal: null,
        ...(choice.call === undefined ? {} : { tool_calls: [wireCall(choice.call)] }),
      },
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage: openaiUsage(reply),
  };
}

export function chatStream(reply: Reply, includeUsage: boolean): string[] {
  const opening = head(reply, 'chatcmpl', 'chat.completion.chunk');
  const chunk = (index: number, delta: unknown, finish: string | null): string =>
    dataEvent({
      ...opening,
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });
  const chunks: string[] = [];
  reply.choices.forEach((choice, index) => {
    chunks.push(chunk(index, { role: 'assistant', content: choice.call ? null : '', refusal: null }, null));
    if (choice.call === undefined) chunks.push(...deltas(opening, index, choice, includeUsage));
    else
      for (const delta of callDeltas(choice.call)) chunks.push(chunk(index, { tool_calls: [delta] }, null));
    chunks.push(chunk(index, {}, choice.finish));
  });
  if (includeUsage) chunks.push(dataEvent({ ...opening, choices: [], usage: openaiUsage(reply) }));
  chunks.push(DONE);
  return chunks;
}

/** The bulk of a stream: what does not change is serialised once. */
function deltas(opening: JsonObject, index: number, { tokens }: Choice, includeUsage: boolean): string[] {
  const before = `data: ${JSON.stringify(opening).slice(0, -1)},"choices":[{"index":${index},"delta":{"content":`;
  const after = `},"logprobs":null,"finish_reason":null}]${includeUsage ? ',"usage":null' : ''}}\n\n`;
  return tokens.map((token) => before + JSON.stringify(token) + after);
}

function callDeltas(call: NonNullable<Choice['call']>): unknown[] {
  const first = { index: 0, ...wireCall(call), function: { name: call.name, arguments: '' } };
  return [first, ...pieces(call.arguments).map((piece) => ({ index: 0, function: { arguments: piece } }))];
}

function wireCall(call: NonNullable<Choice['call']>) {
  return {
    id: `call_${call.id}`,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  };
}

export function completionAnswer(reply: Reply): unknown {
  return {
    ...head(reply, 'cmpl', 'text_completion'),
    choices: reply.choices.map(({ tokens, finish }, index) => ({
      index,
      text: tokens.join(''),
      logprobs: null,
      finish_reason: finish,
    })),
    usage: openaiUsage(reply),
  };
}

export function completionStream(reply: Reply, includeUsage: boolean): string[] {
  const opening = head(reply, 'cmpl', 'text_completion');
  const usage = includeUsage ? { usage: null } : {};
  const chunks = reply.choices.flatMap(({ tokens, finish }, index) => [
    ...tokens.map((text) =>
      dataEvent({ ...opening, choices: [{ index, text, logprobs: null, finish_reason: null }], ...usage }),
    ),
    dataEvent({
      ...opening,
      choices: [{ index, text: '', logprobs: null, finish_reason: finish }],
      ...usage,
    }),
  ]);
  if (includeUsage) chunks.push(dataEvent({ ...opening, choices: [], usage: openaiUsage(reply) }));
  chunks.push(DONE);
  return chunks;
}

function head(reply: Reply, prefix: string, object: string): JsonObject {
  return { id: `${prefix}-sim${reply.id}`, object, created: reply.createdAt, model: reply.model };
}

function openaiUsage({ inputTokens, outputTokens }: Reply) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
