import type { Json, JsonObject } from '../../core/json.ts';
import type { Seal, ThoughtPart } from '../canonical/request.ts';
import { readSeal, sealText } from '../canonical/seals.ts';
import { objectsIn, readText } from '../fields.ts';

/**
 * Reasoning in chat completions, which has no place for it by itself: `reasoning_details` as OpenRouter made
 * them, which we write too; `thinking_blocks` of LiteLLM's clients; plain `reasoning_content` or `reasoning`.
 */

const FORMATS: Readonly<Record<string, Seal['format']>> = {
  'anthropic-claude-v1': 'anthropic',
  'openai-responses-v1': 'openai',
  'google-gemini-v1': 'gemini',
};
const NAMES: Readonly<Record<Seal['format'], string>> = {
  anthropic: 'anthropic-claude-v1',
  openai: 'openai-responses-v1',
  gemini: 'google-gemini-v1',
};

interface Thoughts {
  readonly thoughts: ThoughtPart[];
  /** The seal that belongs to a call. */
  readonly sealOf: (callId: string) => Seal | undefined;
}

export function thoughtsOf(message: JsonObject, path: string): Thoughts {
  const details = objectsIn(message.reasoning_details);
  if (details.length > 0) return fromDetails(details, `${path}.reasoning_details`);
  const blocks = objectsIn(message.thinking_blocks);
  const sealOf = () => undefined;
  if (blocks.length > 0) {
    return { thoughts: blocks.map((block) => fromBlock(block, `${path}.thinking_blocks`)), sealOf };
  }
  const member = readText(message.reasoning_content) === undefined ? 'reasoning' : 'reasoning_content';
  const text = readText(message[member]);
  return {
    thoughts: text === undefined ? [] : [{ kind: 'thought', text, path: `${path}.${member}` }],
    sealOf,
  };
}

function fromDetails(details: readonly JsonObject[], path: string): Thoughts {
  const thoughts: ThoughtPart[] = [];
  const byCall = new Map<string, Seal>();
  for (const detail of details) {
    const format = FORMATS[readText(detail.format) ?? ''] ?? 'anthropic';
    const sealed = readText(detail.signature) ?? readText(detail.data);
    const id = readText(detail.id);
    const whole = detail.type === 'reasoning.encrypted';
    const seal = sealed === undefined ? undefined : readSeal(sealed, format, whole, id);
    if (seal?.format === 'gemini' && id !== undefined) {
      byCall.set(id, { format: 'gemini', data: seal.data });
      continue;
    }
    const text = readText(detail.text) ?? readText(detail.summary) ?? '';
    const before = thoughts.at(-1);
    // A signature that comes after its text (streams), or a summary before what it sums up.
    if (text === '' && seal !== undefined && before !== undefined && before.seal === undefined)
      before.seal = seal;
    else
      thoughts.push(
        seal === undefined ? { kind: 'thought', text, path } : { kind: 'thought', text, seal, path },
      );
  }
  return { thoughts, sealOf: (callId) => byCall.get(callId) };
}

function fromBlock(block: JsonObject, path: string): ThoughtPart {
  const data = readText(block.data);
  if (data !== undefined) return { kind: 'thought', text: '', seal: readSeal(data, 'anthropic', true), path };
  const text = readText(block.thinking) ?? '';
  const signature = readText(block.signature);
  if (signature === undefined) return { kind: 'thought', text, path };
  return { kind: 'thought', text, seal: readSeal(signature, 'anthropic'), path };
}

/** Mistral's `{type: 'thinking', thinking: [{type: 'text', text}]}` among the parts of a message. */
export function inContent(content: readonly Json[], path: string): ThoughtPart[] {
  return objectsIn([...content])
    .filter((part) => part.type === 'thinking')
    .map((part) => ({
      kind: 'thought',
      text: objectsIn(part.thinking)
        .map((inner) => readText(inner.text) ?? '')
        .join(''),
      path,
    }));
}

/** A thought's text as a detail. */
export function textDetail(text: string, index: number): JsonObject {
  return { type: 'reasoning.text', text, index };
}

/** A seal as a detail: under the id of its call, where it has one. */
export function sealDetail(seal: Seal, index: number, callId?: string): JsonObject {
  const id = callId ?? seal.id ?? null;
  const format = NAMES[seal.format];
  const data = sealText(seal, seal.format);
  if (seal.whole === true || callId !== undefined)
    return { type: 'reasoning.encrypted', data, id, format, index };
  return { type: 'reasoning.text', text: '', signature: data, id, format, index };
}
