/** What the items of a response must look like: messages, calls, reasoning, and what the provider's own tools did. */
import { type JsonObject, parseObject } from '../../core/json.ts';
import { objectsIn, readText } from '../fields.ts';
import {
  amount,
  anything,
  byType,
  fixed,
  flag,
  list,
  type Members,
  nullable,
  object,
  oneOf,
  orElse,
  type Shape,
  text,
  whole,
} from '../forms/shape.ts';

const STRING = text();
const NULLABLE_TEXT = nullable(STRING);

function typed(type: string, needs: Members, may: Members = {}): Shape {
  return object({ type: fixed(type), ...needs }, may);
}

const RANGE = { start_index: whole(), end_index: whole() };
export const ANNOTATION = byType(
  {
    url_citation: typed('url_citation', { url: STRING, title: STRING, ...RANGE }),
    file_citation: typed('file_citation', { file_id: STRING, index: whole(), filename: STRING }),
    container_file_citation: typed('container_file_citation', {
      container_id: STRING,
      file_id: STRING,
      filename: STRING,
      ...RANGE,
    }),
    file_path: typed('file_path', { file_id: STRING, index: whole() }),
  },
  'dropped',
);

const TOKEN = { token: STRING, logprob: amount(), bytes: list(whole()) };
const LOGPROB = object({ ...TOKEN, top_logprobs: list(object(TOKEN)) });
const OUTPUT_TEXT = typed(
  'output_text',
  { text: STRING, annotations: list(ANNOTATION) },
  { logprobs: list(LOGPROB) },
);
const REFUSAL = typed('refusal', {}, { refusal: STRING });
const REASONING_TEXT = typed('reasoning_text', { text: STRING });
const MESSAGE_PART = byType({ output_text: OUTPUT_TEXT, refusal: REFUSAL }, 'dropped');
export const PART = byType(
  { output_text: OUTPUT_TEXT, refusal: REFUSAL, reasoning_text: REASONING_TEXT },
  'dropped',
);

const ACTION = byType(
  {
    search: typed(
      'search',
      {},
      {
        query: STRING,
        queries: list(STRING),
        sources: list(byType({ url: typed('url', { url: STRING }) }, 'dropped')),
      },
    ),
    open_page: typed('open_page', {}, { url: NULLABLE_TEXT }),
    find_in_page: typed('find_in_page', { url: STRING, pattern: STRING }),
  },
  'dropped',
);
const CODE_OUTPUT = byType(
  { logs: typed('logs', { logs: STRING }), image: typed('image', { url: STRING }) },
  'dropped',
);

function status(...further: readonly string[]): Members {
  return { status: oneOf(['in_progress', 'completed', ...further], 'completed') };
}

const ID = { id: STRING };
const MAY_ID = { id: STRING, ...status('incomplete') };

/** Items of a vendor's own that are one of OpenAI's by another name. */
const RENAMED: Readonly<Record<string, string>> = { x_search_call: 'web_search_call' };
/** Nothing is of this shape: what has its type is given another one. */
const NEVER: Shape = { fits: () => false, mended: () => undefined };

/** Items of other types are the vendor's own; a client that does not know them passes over them. */
export const ITEM = byType(
  {
    message: typed('message', {
      ...ID,
      role: fixed('assistant'),
      content: list(MESSAGE_PART),
      ...status('incomplete'),
    }),
    function_call: typed('function_call', { call_id: STRING, name: STRING, arguments: STRING }, MAY_ID),
    custom_tool_call: typed('custom_tool_call', { call_id: STRING, name: STRING, input: STRING }, ID),
    reasoning: typed(
      'reasoning',
      { ...ID, summary: list(typed('summary_text', { text: STRING })) },
      { content: list(REASONING_TEXT), encrypted_content: NULLABLE_TEXT, ...status('incomplete') },
    ),
    web_search_call: typed('web_search_call', {
      ...ID,
      ...status('searching', 'failed'),
      action: orElse(ACTION, { type: 'search' }),
    }),
    file_search_call: typed(
      'file_search_call',
      { ...ID, ...status('searching', 'incomplete', 'failed'), queries: list(STRING) },
      { results: nullable(list(object({}))) },
    ),
    code_interpreter_call: typed('code_interpreter_call', {
      ...ID,
      ...status('incomplete', 'interpreting', 'failed'),
      container_id: STRING,
      code: NULLABLE_TEXT,
      outputs: nullable(list(CODE_OUTPUT)),
    }),
    image_generation_call: typed('image_generation_call', {
      ...ID,
      ...status('generating', 'failed'),
      result: NULLABLE_TEXT,
    }),
    mcp_call: typed('mcp_call', { ...ID, server_label: STRING, name: STRING, arguments: STRING }),
    mcp_approval_request: typed('mcp_approval_request', {
      ...ID,
      server_label: STRING,
      name: STRING,
      arguments: STRING,
    }),
    mcp_list_tools: typed('mcp_list_tools', { ...ID, server_label: STRING, tools: list(object({})) }),
    compaction: typed('compaction', { ...ID, encrypted_content: STRING }),
    ...Object.fromEntries(Object.keys(RENAMED).map((type) => [type, NEVER])),
  },
  'kept',
);

const TOOL_NAME = { name: STRING };
/** The tools of the request, which a response repeats: those that OpenAI's clients can name. */
export const TOOL = byType(
  {
    function: typed(
      'function',
      { ...TOOL_NAME, parameters: nullable(object({})) },
      { strict: nullable(flag(true)) },
    ),
    custom: typed('custom', TOOL_NAME),
    namespace: typed('namespace', { ...TOOL_NAME, description: STRING, tools: list(object({})) }),
    file_search: typed('file_search', { vector_store_ids: list(STRING) }),
    computer_use_preview: typed('computer_use_preview', {
      environment: STRING,
      display_width: whole(),
      display_height: whole(),
    }),
    mcp: typed('mcp', { server_label: STRING }),
    code_interpreter: typed('code_interpreter', { container: anything({ type: 'auto' }) }),
    ...Object.fromEntries(
      [
        'computer',
        'web_search',
        'web_search_2025_08_26',
        'web_search_preview',
        'web_search_preview_2025_03_11',
        'image_generation',
        'local_shell',
        'shell',
        'apply_patch',
        'tool_search',
        'programmatic_tool_calling',
      ].map((type) => [type, typed(type, {})]),
    ),
  },
  'dropped',
);

/** Some send the input of a tool that they run where OpenAI has what the tool does with it. */
export function prepareItem(item: JsonObject, id: string, state: string): void {
  item.type = RENAMED[String(item.type)] ?? item.type ?? typeOf(item);
  item.id ??= `${item.type === 'message' ? 'msg' : 'item'}_${id}`;
  item.status ??= state;
  for (const part of objectsIn(item.content)) {
    if (part.type === 'text' || part.type === undefined) {
      part.type = item.type === 'reasoning' ? 'reasoning_text' : 'output_text';
    }
  }
  switch (item.type) {
    case 'function_call':
    case 'custom_tool_call':
      item.call_id ??= item.id;
      break;
    case 'web_search_call':
      item.action ??= { type: 'search', ...inputOf(item, 'query') };
      break;
    case 'code_interpreter_call':
      item.code ??= inputOf(item, 'code').code ?? null;
      break;
  }
}

function typeOf(item: JsonObject): string {
  if (item.name !== undefined) return item.input === undefined ? 'function_call' : 'custom_tool_call';
  return item.summary === undefined ? 'message' : 'reasoning';
}

/** One member of the arguments, which are JSON in a string. */
function inputOf(item: JsonObject, member: string): JsonObject {
  const input = parseObject(readText(item.arguments) ?? '');
  const found = readText(input?.[member]);
  return found === undefined ? {} : { [member]: found };
}
