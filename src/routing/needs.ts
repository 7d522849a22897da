import type { Json, JsonObject } from '../core/json.ts';
import { isJsonObject } from '../core/json.ts';
import type { Described } from '../dialects/dialect.ts';
import type { Needs } from './capabilities.ts';

/** English and code run at about four bytes a token in today's tokenizers. */
const BYTES_PER_TOKEN = 4;

const IMAGE_TYPES = new Set(['image_url', 'input_image', 'image']);

/** What a request needs of a model. Asked only where there is a choice between several. */
export function needsOf(body: JsonObject, described: Described, bodyBytes: number): Needs {
  const images: Images = { found: false, inlineLength: 0 };
  for (const member of ['messages', 'input', 'contents'] as const) lookAt(body[member], images);
  return {
    inputTokens: Math.ceil(Math.max(0, bodyBytes - images.inlineLength) / BYTES_PER_TOKEN),
    outputTokens: described.outputCapTokens ?? 0,
    images: images.found,
    tools: described.tools.length > 0,
  };
}

interface Images {
  found: boolean;
  /** Of data that is no text, and is not counted by its length. */
  inlineLength: number;
}

function lookAt(value: Json | undefined, images: Images): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') lookAt(item, images);
    return;
  }
  if (!isJsonObject(value)) return;
  if (typeof value.type === 'string' && IMAGE_TYPES.has(value.type)) {
    images.found = true;
    images.inlineLength += JSON.stringify(value).length;
    return;
  }
  if (value.inlineData !== undefined || value.inline_data !== undefined) {
    images.found = true;
    images.inlineLength += JSON.stringify(value).length;
    return;
  }
  lookAt(value.content, images);
  lookAt(value.parts, images);
  lookAt(value.output, images);
}
