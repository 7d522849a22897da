import type { JsonObject } from '../../core/json.ts';
import type { StreamCutter } from '../dialect.ts';
import { geminiFaultBody } from './faults.ts';
import { writeGeminiUsage } from './usage.ts';

/**
 * Ends a stream as `MAX_TOKENS` does, for each open candidate, with usage; why stands under `sluice`, since the SDK
 * throws on a member `error`.
 */
export function geminiCutter(): StreamCutter {
  let first: JsonObject | undefined;
  return {
    follows: () => first === undefined,
    see(event) {
      first ??= event;
    },
    frames({ fault, usage, costUsd, openChoices }) {
      const chunk: JsonObject = {
        candidates: openChoices.map((index) => ({
          content: { parts: [{ text: '' }], role: 'model' },
          finishReason: 'MAX_TOKENS',
          index,
        })),
        usageMetadata: { ...writeGeminiUsage(usage), ...(costUsd !== undefined && { cost_usd: costUsd }) },
        sluice: { ...geminiFaultBody(fault), usage_source: usage.source },
      };
      for (const key of ['modelVersion', 'responseId']) {
        const value = first?.[key];
        if (value !== undefined) chunk[key] = value;
      }
      return `data: ${JSON.stringify(chunk)}\r\n\r\n`;
    },
  };
}
