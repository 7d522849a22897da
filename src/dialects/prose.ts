import { Fault, type FaultCode } from '../core/fault.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { FilePiece, TextPiece } from './dialect.ts';

export type Origin = TextPiece['origin'];

/**
 * What is prose is decided by exclusion: every string is, unless it stands under one of these names. A field
 * that a provider adds tomorrow is therefore seen by redaction from the first day, instead of slipping past a
 * list of known ones (litellm PR#38841, `instructions`).
 */
const OPAQUE: ReadonlySet<string> = new Set(
  `type id object model role name container conversation format media_type
  signature thought_signature data result file_data b64_json partial_image_b64 embedding
  obfuscation p system_fingerprint $schema $ref pattern required
  thoughtSignature mimeType mime_type finishReason modelVersion responseId`.split(/\s+/),
);

/** Whole subtrees without prose: numbers, verdicts, and logprobs, which `dropTokenEchoes` removes. */
const BARREN: ReadonlySet<string> = new Set(
  `usage logprobs top_logprobs prompt_filter_results content_filter_results content_filters
  content_filter_offsets stream_options x_groq sla_metrics`.split(/\s+/),
);

/** Members whose own members are the application's data: no name in there means anything to the dialect. */
const FREE: ReadonlySet<string> = new Set([
  'input',
  'arguments',
  'args',
  'metadata',
  'variables',
  'prompt_variables',
]);

/** Where a `data:` URL may stand; anywhere else such a string is prose. */
const URL_NAMES: ReadonlySet<string> = new Set(['url', 'image_url', 'file_url', 'file_data']);

/** Members that hold a file or refer to one; a `url` does where it stands in a source or below another of them. */
const FILE_NAMES: ReadonlySet<string> = new Set([
  'image_url',
  'file_url',
  'file_data',
  'file_id',
  'b64_json',
  'data',
  'fileUri',
  'file_uri',
]);
const FILE_URL = /(?:source|image_url|file_url|video_url|audio_url)\.url$/;

const ROLES: Readonly<Record<string, Origin>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** What programmers call a member: no value that anybody looks for. */
const PLAIN_NAME = /^[A-Za-z_]{1,24}$/;

/** Deeper JSON is refused, before recursion runs out of stack. */
const MAX_DEPTH = 128;

interface Walk {
  readonly pieces: TextPiece[];
  /** undefined: nobody asks for them. */
  readonly files: FilePiece[] | undefined;
  /** What nesting beyond `MAX_DEPTH` is called. */
  readonly tooDeep: FaultCode;
}

/**
 * Every text in a body, in its order.
 *
 * @param origins who wrote what stands under a top-level member, where no role or type inside says otherwise
 * @param other who wrote the rest
 * @param files takes the files met on the way
 */
export function requestProse(
  body: JsonObject,
  origins: Readonly<Record<string, Origin>>,
  other: Origin,
  files?: FilePiece[],
): TextPiece[] {
  return prose({ pieces: [], files, tooDeep: 'invalid_request' }, body, origins, other);
}

/** The same of an answer or of a streamed event; what cannot be read in full is blocked. */
export function answerProse(body: JsonObject, origins: Readonly<Record<string, Origin>> = {}): TextPiece[] {
  return prose({ pieces: [], files: undefined, tooDeep: 'answer_blocked' }, body, origins, 'assistant');
}

/** The texts of one member of an object. */
export function memberProse(holder: JsonObject, key: string, path: string, origin: Origin): TextPiece[] {
  const walk: Walk = { pieces: [], files: undefined, tooDeep: 'answer_blocked' };
  if (!BARREN.has(key)) visit(walk, holder, key, key, path, origin, false, 0);
  return walk.pieces;
}

function prose(
  walk: Walk,
  body: JsonObject,
  origins: Readonly<Record<string, Origin>>,
  other: Origin,
): TextPiece[] {
  for (const key of Object.keys(body)) {
    if (BARREN.has(key)) continue;
    visit(walk, body, key, key, key, origins[key] ?? other, false, 0);
  }
  return walk.pieces;
}

/** @param name the member's name, which the items of an array inherit */
function visit(
  walk: Walk,
  holder: JsonObject | Json[],
  key: string | number,
  name: string,
  path: string,
  origin: Origin,
  free: boolean,
  depth: number,
): void {
  const value = (holder as Record<string | number, Json>)[key];
  if (typeof value === 'string') {
    if (value === '') return;
    if (!free && walk.files !== undefined && isFile(holder, name, path))
      walk.files.push({ holder, key, value, path });
    if (!free && isOpaque(holder, name, value)) return;
    const json = !free && name === 'arguments';
    walk.pieces.push({ holder, key, text: value, path, origin, json, under: free ? name : '', name: false });
  } else if (typeof value === 'number') {
    // as in arguments that come as a text: a card number is one without quotes, too
    if (!free || (value >= 0 && value < 10)) return;
    const text = String(value);
    walk.pieces.push({ holder, key, text, path, origin, json: false, under: name, name: false });
  } else if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) throw nestedTooDeep(walk.tooDeep, path);
    for (let index = 0; index < value.length; index++) {
      if (!free && typeof value[index] === 'number') continue;
      visit(walk, value, index, name, `${path}[${index}]`, origin, free, depth + 1);
    }
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) throw nestedTooDeep(walk.tooDeep, path);
    const inside =
      free || FREE.has(String(key)) || name === 'input_examples' || isFunctionResponse(holder, key);
    visitMembers(walk, value, path, inside && key === 'response' ? 'tool' : origin, inside, depth + 1);
  }
}

/** What a tool said, in Gemini's words; `response` is also what events of the Responses API hold. */
function isFunctionResponse(holder: JsonObject | Json[], key: string | number): boolean {
  return (
    key === 'response' && !Array.isArray(holder) && holder.type === undefined && holder.name !== undefined
  );
}

function visitMembers(
  walk: Walk,
  object: JsonObject,
  path: string,
  inherited: Origin,
  free: boolean,
  depth: number,
): void {
  const origin = free ? inherited : originOf(object, inherited);
  for (const key of Object.keys(object)) {
    if (!free && BARREN.has(key)) continue;
    const at = `${path}.${key}`;
    visit(walk, object, key, key, at, origin, free, depth);
    // after its value, which is replaced under the name it has now
    if (free && !PLAIN_NAME.test(key))
      walk.pieces.push({
        holder: object,
        key,
        text: key,
        path: at,
        origin,
        json: false,
        under: '',
        name: true,
      });
  }
}

function isFile(holder: JsonObject | Json[], name: string, path: string): boolean {
  if (name === 'data') return !Array.isArray(holder) && holder.type !== 'text';
  return FILE_NAMES.has(name) || (name === 'url' && FILE_URL.test(path));
}

/** A role says it, or a type: results and outputs come from tools, calls from the assistant. */
function originOf(object: JsonObject, inherited: Origin): Origin {
  const { role, type } = object;
  if (typeof role === 'string') return ROLES[role] ?? inherited;
  if (typeof type !== 'string') return inherited;
  if (type.endsWith('_output') || type.endsWith('_result')) return 'tool';
  if (type.endsWith('_call') || type.endsWith('tool_use')) return 'assistant';
  return inherited;
}

function isOpaque(holder: JsonObject | Json[], name: string, value: string): boolean {
  if (value.startsWith('data:') && URL_NAMES.has(name)) return true;
  if (!OPAQUE.has(name)) return isIdentifier(name);
  if (Array.isArray(holder)) return true;
  // Names that are prose in one place: a plain-text document, a participant, the result of a tool.
  if (name === 'data') return holder.type !== 'text';
  if (name === 'name') return holder.role === undefined;
  if (name === 'result') return holder.type === 'image_generation_call';
  return true;
}

/** Made by machines for machines; all but the id of a person, which may be an address. */
function isIdentifier(name: string): boolean {
  if (name.endsWith('_id') || name.endsWith('_ids')) return name !== 'user_id';
  return name.startsWith('encrypted_');
}

function nestedTooDeep(code: FaultCode, path: string): Fault {
  const param = path.slice(0, 200);
  return new Fault(code, `The JSON is nested more than ${MAX_DEPTH} levels deep.`, { param });
}
