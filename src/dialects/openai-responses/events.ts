/**
 * Every event type of the Responses stream, as OpenAI's API description and SDK 7.55 list them. A type that is
 * in none of these tables may carry text that nobody here would see, so it is refused where text is policed.
 */

/** Text that comes in parts. A channel is `<output_index>/<name>/<part index>`, e.g. `0/text/0`. */
export interface DeltaKind {
  readonly name: string;
  readonly deltaType: string;
  /** The event that repeats the whole text and closes the channel. */
  readonly doneType: string;
  /** What tells several texts of one item apart; undefined where there is only one. */
  readonly partKey: 'content_index' | 'summary_index' | 'command_index' | undefined;
  /** The text stands in this member of `delta`; undefined where `delta` is the text. */
  readonly member: 'stdout' | 'stderr' | undefined;
  readonly json: boolean;
}

function delta(name: string, type: string, more: Partial<DeltaKind> = {}): DeltaKind {
  const types = { deltaType: `response.${type}.delta`, doneType: `response.${type}.done` };
  return { name, ...types, partKey: undefined, member: undefined, json: false, ...more };
}

const DELTA_KINDS: readonly DeltaKind[] = [
  delta('text', 'output_text', { partKey: 'content_index' }),
  delta('refusal', 'refusal', { partKey: 'content_index' }),
  delta('reasoning', 'reasoning_text', { partKey: 'content_index' }),
  delta('summary', 'reasoning_summary_text', { partKey: 'summary_index' }),
  delta('arguments', 'function_call_arguments', { json: true }),
  delta('mcp_arguments', 'mcp_call_arguments', { json: true }),
  delta('input', 'custom_tool_call_input'),
  delta('code', 'code_interpreter_call_code'),
  delta('transcript', 'audio.transcript'),
  delta('command', 'shell_call_command', { partKey: 'command_index' }),
  delta('stdout', 'shell_call_output_content', { partKey: 'command_index', member: 'stdout' }),
  delta('stderr', 'shell_call_output_content', { partKey: 'command_index', member: 'stderr' }),
];

/** The response is over. */
export const TERMINAL_TYPES: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
]);

/** Whole objects, or text repeated as a whole. */
const WHOLE_TYPES = [
  'error',
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.content_part.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_part.done',
  'response.output_text.annotation.added',
  'response.shell_call_command.added',
];

/** Progress, or media that is no text. */
const TEXT_FREE_TYPES = [
  'response.audio.delta',
  'response.audio.done',
  'response.image_generation_call.partial_image',
  'response.compaction.compacting',
  ...['in_progress', 'interpreting', 'completed'].map((step) => `response.code_interpreter_call.${step}`),
  ...['in_progress', 'searching', 'completed'].map((step) => `response.file_search_call.${step}`),
  ...['in_progress', 'searching', 'completed'].map((step) => `response.web_search_call.${step}`),
  ...['in_progress', 'generating', 'completed'].map((step) => `response.image_generation_call.${step}`),
  ...['in_progress', 'completed', 'failed'].map((step) => `response.mcp_call.${step}`),
  ...['in_progress', 'completed', 'failed'].map((step) => `response.mcp_list_tools.${step}`),
];

/** How an event's text is to be read: in parts, as a whole, or not at all. */
export type EventKind = readonly DeltaKind[] | 'whole' | 'text-free';

function byType(type: 'deltaType' | 'doneType'): Map<string, DeltaKind[]> {
  return Map.groupBy(DELTA_KINDS, (kind) => kind[type]);
}

export const KINDS_BY_DONE: ReadonlyMap<string, readonly DeltaKind[]> = byType('doneType');

export const EVENT_KINDS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ...byType('deltaType'),
  ...[...KINDS_BY_DONE.keys(), ...WHOLE_TYPES, ...TERMINAL_TYPES].map((type) => [type, 'whole'] as const),
  ...TEXT_FREE_TYPES.map((type) => [type, 'text-free'] as const),
]);

export const KIND_BY_NAME: ReadonlyMap<string, DeltaKind> = new Map(
  DELTA_KINDS.map((kind) => [kind.name, kind]),
);
