/** The Responses API: a `response` and its numbered events. */
import type { JsonObject } from '../../core/json.ts';
import { type Choice, pieces, type Reply } from './reply.ts';
import { namedEvent } from './script.ts';

/** @param id its own for every response that is kept */
export function responseAnswer(reply: Reply, body: JsonObject, id: string): ReturnType<typeof response> {
  return finished(reply, body, id);
}

export function responseStream(reply: Reply, body: JsonObject, id: string): string[] {
  const [choice] = reply.choices;
  const events: string[] = [];
  const add = (type: string, members: object): void => {
    events.push(namedEvent({ type, ...members, sequence_number: events.length } as { type: string }));
  };
  const begun = response(reply, body, id, 'in_progress', [], null);
  add('response.created', { response: begun });
  add('response.in_progress', { response: begun });
  if (choice.call === undefined) textEvents(reply, choice, add);
  else callEvents(reply, choice.call, add);
  const whole = finished(reply, body, id);
  add(choice.finish === 'length' ? 'response.incomplete' : 'response.completed', { response: whole });
  return events;
}

type Add = (type: string, members: object) => void;

function textEvents(reply: Reply, choice: Choice, add: Add): void {
  const place = { item_id: `msg_sim${reply.id}`, output_index: 0, content_index: 0 };
  const item = { id: place.item_id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
  add('response.output_item.added', { output_index: 0, item });
  add('response.content_part.added', { ...place, part: textPart('') });
  for (const delta of choice.tokens) add('response.output_text.delta', { ...place, delta, logprobs: [] });
  const text = choice.tokens.join('');
  add('response.output_text.done', { ...place, text, logprobs: [] });
  add('response.content_part.done', { ...place, part: textPart(text) });
  add('response.output_item.done', { output_index: 0, item: outputItem(reply, choice) });
}

function callEvents(reply: Reply, call: NonNullable<Choice['call']>, add: Add): void {
  const place = { item_id: `fc_sim${reply.id}`, output_index: 0 };
  add('response.output_item.added', {
    output_index: 0,
    item: { ...callItem(reply, call), arguments: '', status: 'in_progress' },
  });
  for (const delta of pieces(call.arguments)) {
    add('response.function_call_arguments.delta', { ...place, delta });
  }
  add('response.function_call_arguments.done', { ...place, name: call.name, arguments: call.arguments });
  add('response.output_item.done', { output_index: 0, item: callItem(reply, call) });
}

function finished(reply: Reply, body: JsonObject, id: string) {
  const [choice] = reply.choices;
  const status = choice.finish === 'length' ? 'incomplete' : 'completed';
  return response(reply, body, id, status, [outputItem(reply, choice)], {
    input_tokens: reply.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: reply.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: reply.inputTokens + reply.outputTokens,
  });
}

function response(
  reply: Reply,
  body: JsonObject,
  id: string,
  status: string,
  output: unknown[],
  usage: unknown,
) {
  return {
    id,
    object: 'response',
    created_at: reply.createdAt,
    status,
    background: false,
    completed_at: usage === null ? null : reply.createdAt,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: reply.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    store: body.store !== false,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

function outputItem(reply: Reply, choice: Choice): unknown {
  if (choice.call !== undefined) return callItem(reply, choice.call);
  return {
    id: `msg_sim${reply.id}`,
    type: 'message',
    status: choice.finish === 'length' ? 'incomplete' : 'completed',
    role: 'assistant',
    content: [textPart(choice.tokens.join(''))],
  };
}

function callItem(reply: Reply, call: NonNullable<Choice['call']>) {
  return {
    id: `fc_sim${reply.id}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${call.id}`,
    name: call.name,
    arguments: call.arguments,
  };
}

function textPart(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
