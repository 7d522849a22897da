import type { JsonObject } from '../../core/json.ts';
import type { StreamCutter } from '../dialect.ts';
import { readObject, readText } from '../fields.ts';
import { cutNote } from '../openai-common/cut.ts';
import { responsesUsage } from '../openai-common/write-usage.ts';

/** What opens the response and its items, and every event that repeats text: that must not count twice. */
const FOLLOWED = /"response\.(?:created|in_progress|output_item\.added|[a-z_.]+\.done)"/;

/**
 * Ends a response with `response.incomplete`, as OpenAI does at `max_output_tokens`. Its `output` has the items that
 * were completed as they were; the open one is there without its text, which stands in the deltas before.
 */
export function responseCutter(): StreamCutter {
  let response: JsonObject = {};
  const items: JsonObject[] = [];
  return {
    follows: (data) => FOLLOWED.test(data),
    see(event) {
      response = readObject(event.response) ?? response;
      const item = readObject(event.item);
      if (item !== undefined && typeof event.output_index === 'number') items[event.output_index] = item;
    },
    frames({ fault, usage, costUsd, frames }) {
      const note = cutNote(fault, usage);
      const event: JsonObject = {
        type: 'response.incomplete',
        // one event, one number
        sequence_number: frames,
        response: {
          ...response,
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
          output: items.filter(Boolean).map(incomplete),
          usage: { ...responsesUsage(usage), ...(costUsd !== undefined && { cost_usd: costUsd }) },
          sluice: note,
        },
      };
      return `event: response.incomplete\ndata: ${JSON.stringify(event)}\n\n`;
    },
  };
}

function incomplete(item: JsonObject): JsonObject {
  return readText(item.status) === 'in_progress' ? { ...item, status: 'incomplete' } : item;
}
