import type { Json, JsonObject } from '../../core/json.ts';
import type { StreamDialect, StreamPiece } from '../dialect.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { choiceIndex, chunkPieces, chunkStream, chunkWith } from '../openai-common/chunks.ts';
import { chunkCutter } from '../openai-common/cut.ts';
import { pushPart, pushWhole } from '../pieces.ts';

/**
 * Channels: `0/content`, `0/refusal`, `0/reasoning`, `0/reasoning_content`, `0/thinking` (Mistral),
 * `0/reasoning_details/0/text` (OpenRouter), `0/tool/1/arguments`, `0/tool/#id/arguments`, `0/tool/1/input`,
 * `0/function_call/arguments`, `0/audio/transcript`; the first number is the choice.
 */

export const chatStream: StreamDialect = {
  ...chunkStream,

  cutter: () => chunkCutter({ delta: {} }),

  pieces: (event) => chunkPieces(event, choicePieces),

  carrier(channel: string, text: string, like: JsonObject): JsonObject {
    const [choice = '0', ...rest] = channel.split('/');
    return chunkWith(like, { index: Number(choice), delta: deltaOf(rest, text) });
  },
};

function choicePieces(out: StreamPiece[], choice: JsonObject, position: number): void {
  const index = String(choiceIndex(choice, position));
  const path = `choices[${position}]`;
  for (const key of Object.keys(choice)) {
    if (key !== 'delta') pushWhole(out, choice, key, `${path}.${key}`);
  }
  const delta = readObject(choice.delta);
  if (delta === undefined) return;
  for (const key of Object.keys(delta)) deltaPieces(out, delta, key, index, `${path}.delta.${key}`);
}

function deltaPieces(out: StreamPiece[], delta: JsonObject, key: string, choice: string, path: string): void {
  switch (key) {
    case 'role':
      break;
    case 'refusal':
    case 'reasoning':
    case 'reasoning_content':
      pushPart(out, delta, key, `${choice}/${key}`, path);
      break;
    case 'content':
      if (Array.isArray(delta.content)) partPieces(out, delta.content, choice, path);
      else pushPart(out, delta, key, `${choice}/content`, path);
      break;
    case 'tool_calls':
      toolPieces(out, objectsIn(delta.tool_calls), choice, path);
      break;
    case 'function_call':
      pushPart(
        out,
        delta.function_call,
        'arguments',
        `${choice}/function_call/arguments`,
        `${path}.arguments`,
        true,
      );
      break;
    case 'audio':
      pushPart(out, delta.audio, 'transcript', `${choice}/audio/transcript`, `${path}.transcript`);
      break;
    case 'reasoning_details':
      detailPieces(out, objectsIn(delta.reasoning_details), choice, path);
      break;
    default:
      pushWhole(out, delta, key, path);
  }
}

/** Mistral: `[{type:'text', text}, {type:'thinking', thinking:[{type:'text', text}]}]`. */
function partPieces(out: StreamPiece[], parts: Json[], choice: string, path: string): void {
  for (const [position, part] of parts.entries()) {
    const at = `${path}[${position}]`;
    const object = readObject(part);
    if (object === undefined) {
      pushPart(out, parts, position, `${choice}/content`, at);
    } else if (object.type === 'text') {
      pushPart(out, object, 'text', `${choice}/content`, `${at}.text`);
    } else if (object.type === 'thinking' && Array.isArray(object.thinking)) {
      for (const [index, thought] of object.thinking.entries()) {
        pushPart(out, thought, 'text', `${choice}/thinking`, `${at}.thinking[${index}].text`);
      }
    } else {
      pushWhole(out, { part: object }, 'part', at);
    }
  }
}

/** A call without `index` (2 of 5 Mistral streams) comes whole and with an id: that tells the calls apart. */
function toolPieces(out: StreamPiece[], calls: readonly JsonObject[], choice: string, path: string): void {
  calls.forEach((call, position) => {
    const id = readText(call.id);
    const tool = typeof call.index === 'number' || id === undefined ? choiceIndex(call, position) : `#${id}`;
    const at = `${path}[${position}]`;
    pushPart(
      out,
      call.function,
      'arguments',
      `${choice}/tool/${tool}/arguments`,
      `${at}.function.arguments`,
      true,
    );
    pushPart(out, call.custom, 'input', `${choice}/tool/${tool}/input`, `${at}.custom.input`);
  });
}

function detailPieces(
  out: StreamPiece[],
  details: readonly JsonObject[],
  choice: string,
  path: string,
): void {
  details.forEach((detail, position) => {
    const index = typeof detail.index === 'number' ? detail.index : position;
    for (const key of ['text', 'summary']) {
      pushPart(
        out,
        detail,
        key,
        `${choice}/reasoning_details/${index}/${key}`,
        `${path}[${position}].${key}`,
      );
    }
  });
}

function deltaOf(channel: readonly string[], text: string): JsonObject {
  const kind = channel[0] ?? 'content';
  const field = channel.at(-1) ?? kind;
  // An id may itself hold a slash.
  const which = channel.slice(1, -1).join('/');
  switch (kind) {
    case 'thinking':
      return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] };
    case 'tool': {
      const call = which.startsWith('#') ? { id: which.slice(1) } : { index: Number(which) };
      return { tool_calls: [{ ...call, [field === 'input' ? 'custom' : 'function']: { [field]: text } }] };
    }
    case 'function_call':
    case 'audio':
      return { [kind]: { [field]: text } };
    case 'reasoning_details':
      return { reasoning_details: [{ type: `reasoning.${field}`, index: Number(which), [field]: text }] };
    default:
      return { [kind]: text };
  }
}
