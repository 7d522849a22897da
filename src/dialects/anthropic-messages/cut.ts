import type { JsonObject } from '../../core/json.ts';
import type { StreamCutter } from '../dialect.ts';
import { readText } from '../fields.ts';
import { anthropicError } from './faults.ts';

const FOLLOWED = /"content_block_st(?:art|op)"/;

/** Ends a message as `max_tokens` does: open blocks are closed, then `message_delta` with usage and `message_stop`. */
export function messageCutter(): StreamCutter {
  const open = new Set<number>();
  return {
    follows: (data) => FOLLOWED.test(data),
    see({ type, index }) {
      if (typeof index !== 'number') return;
      if (type === 'content_block_start') open.add(index);
      else open.delete(index);
    },
    frames({ fault, usage, costUsd }) {
      const cost = costUsd === undefined ? undefined : { cost_usd: costUsd };
      return [
        ...[...open].map((index) => ({ type: 'content_block_stop', index })),
        {
          type: 'message_delta',
          delta: { stop_reason: 'max_tokens', stop_sequence: null },
          usage: { output_tokens: usage.outputTokens, ...cost },
          sluice: { error: anthropicError(fault), usage_source: usage.source },
        },
        { type: 'message_stop' },
      ]
        .map(frame)
        .join('');
    },
  };
}

function frame(event: JsonObject): string {
  return `event: ${readText(event.type)}\ndata: ${JSON.stringify(event)}\n\n`;
}
