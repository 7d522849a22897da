/** Anthropic's `message` and its events. */
import { type Choice, pieces, type Reply } from './reply.ts';
import { namedEvent } from './script.ts';

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const;

export function messageAnswer(reply: Reply): unknown {
  const [choice] = reply.choices;
  return {
    ...head(reply),
    content: [block(choice)],
    stop_reason: STOP_REASONS[choice.finish],
    stop_sequence: null,
    usage: usage(reply, reply.outputTokens),
  };
}

export function messageStream(reply: Reply): string[] {
  const [choice] = reply.choices;
  const message = { ...head(reply), content: [], stop_reason: null, stop_sequence: null };
  const parts = choice.call === undefined ? choice.tokens : pieces(choice.call.arguments);
  const before =
    choice.call === undefined
      ? '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":'
      : '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":';
  return [
    namedEvent({ type: 'message_start', message: { ...message, usage: usage(reply, 1) } } as Event),
    namedEvent({ type: 'content_block_start', index: 0, content_block: emptyBlock(choice) } as Event),
    namedEvent({ type: 'ping' }),
    ...parts.map((part) => `event: content_block_delta\ndata: ${before}${JSON.stringify(part)}}}\n\n`),
    namedEvent({ type: 'content_block_stop', index: 0 } as Event),
    namedEvent({
      type: 'message_delta',
      delta: { stop_reason: STOP_REASONS[choice.finish], stop_sequence: null },
      usage: usage(reply, reply.outputTokens),
    } as Event),
    namedEvent({ type: 'message_stop' }),
  ];
}

type Event = { readonly type: string };

function head(reply: Reply) {
  return { id: `msg_sim${reply.id}`, type: 'message', role: 'assistant', model: reply.model };
}

function block({ tokens, call }: Choice): unknown {
  if (call === undefined) return { type: 'text', text: tokens.join('') };
  return { type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: JSON.parse(call.arguments) };
}

function emptyBlock({ call }: Choice): unknown {
  if (call === undefined) return { type: 'text', text: '' };
  return { type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: {} };
}

function usage({ inputTokens }: Reply, outputTokens: number) {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  };
}
