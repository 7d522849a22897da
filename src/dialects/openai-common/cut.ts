import type { JsonObject } from '../../core/json.ts';
import type { StreamCut, StreamCutter } from '../dialect.ts';
import { openAiError } from './faults.ts';
import { chatUsage } from './write-usage.ts';

/**
 * Ends a stream of chunks: one more chunk with `finish_reason: "length"` for each open choice, usage, and the error
 * under `sluice`, then `[DONE]`. The SDKs throw on a member `error`, so it does not stand at the top.
 *
 * @param rest what each choice holds beside its number and its finish reason
 */
export function chunkCutter(rest: JsonObject): StreamCutter {
  let first: JsonObject | undefined;
  return {
    follows: () => first === undefined,
    see(event) {
      first ??= event;
    },
    frames({ fault, usage, costUsd, openChoices }) {
      const chunk: JsonObject = {};
      for (const key of ['id', 'object', 'created', 'model']) {
        const value = first?.[key];
        if (value !== undefined) chunk[key] = value;
      }
      chunk.choices = openChoices.map((index) => ({ index, ...rest, finish_reason: 'length' }));
      chunk.usage = { ...chatUsage(usage), ...(costUsd !== undefined && { cost_usd: costUsd }) };
      chunk.sluice = cutNote(fault, usage);
      return `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
    },
  };
}

/** Why a stream ends early, in OpenAI's words. */
export function cutNote(fault: StreamCut['fault'], { source }: StreamCut['usage']): JsonObject {
  return { error: openAiError(fault), usage_source: source };
}
