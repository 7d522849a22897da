import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn, readObject } from '../fields.ts';
import { responsesUsage } from '../openai-common/write-usage.ts';

interface ResponseFacts {
  readonly id: string;
  readonly model: string;
  /** Epoch seconds. */
  readonly createdS: number;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
  readonly incomplete: string | undefined;
  readonly output: JsonObject[];
  readonly usage: Usage | undefined;
}

/** Members of a request that its response repeats, with what stands where the client said nothing. */
const REPEATED: Readonly<JsonObject> = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: null,
  top_p: null,
  tool_choice: 'auto',
  truncation: 'disabled',
  user: null,
};

/** A response object around its output. */
export function responseBody(asked: JsonObject, facts: ResponseFacts): JsonObject {
  const body: JsonObject = {
    id: facts.id,
    object: 'response',
    created_at: facts.createdS,
    status: facts.status,
    background: false,
    error: null,
    incomplete_details: facts.incomplete === undefined ? null : { reason: facts.incomplete },
    model: facts.model,
    output: facts.output,
    previous_response_id: null,
    reasoning: reasoningOf(asked),
    store: false,
    text: readObject(asked.text) ?? { format: { type: 'text' } },
    tools: objectsIn(asked.tools).map(toolOf),
    usage: facts.usage === undefined ? null : responsesUsage(facts.usage),
  };
  for (const [member, fallback] of Object.entries(REPEATED)) body[member] = asked[member] ?? fallback;
  return body;
}

function reasoningOf(asked: JsonObject): JsonObject {
  const { effort = null, summary = null } = readObject(asked.reasoning) ?? {};
  return { effort, summary };
}

/** Functions are repeated with all members, those that the client left out, too. */
function toolOf(tool: JsonObject): JsonObject {
  return tool.type === 'function' ? { description: null, parameters: null, strict: true, ...tool } : tool;
}
