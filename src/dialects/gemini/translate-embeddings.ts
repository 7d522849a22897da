import { Fault } from '../../core/fault.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { words } from '../canonical/trail.ts';
import { objectsIn, readObjects } from '../fields.ts';
import { openAiUsage } from '../openai-common/usage.ts';
import type { TranslatedAnswer, TranslatedCall, TranslationTarget } from '../translation.ts';
import { contentText, dimensionsOf } from './embeddings.ts';
import { spelled } from './members.ts';

/** Embeddings asked for in Google's words, of providers that speak OpenAI's. */

const KNOWN = spelled(words('model content outputDimensionality'));

/** What `batchEmbedContents` asks. @throws Fault `invalid_request` for anything but text */
export function openGeminiEmbeddings(body: JsonObject, target: TranslationTarget): TranslatedCall {
  const requests = readObjects(body, 'requests');
  const dropped = requests.flatMap(unknownIn).map((name) => `requests[].${name}`);
  return opened(requests, 'requests', dropped, target, (vectors) => ({
    embeddings: vectors.map((values) => ({ values })),
  }));
}

/** What `embedContent` asks. @throws Fault `invalid_request` for anything but text */
export function openGeminiEmbed(body: JsonObject, target: TranslationTarget): TranslatedCall {
  return opened([body], 'content', unknownIn(body), target, ([values = []]) => ({ embedding: { values } }));
}

function unknownIn(request: JsonObject): string[] {
  return Object.keys(request).filter((name) => !KNOWN.has(name));
}

function opened(
  requests: readonly JsonObject[],
  path: string,
  dropped: readonly string[],
  target: TranslationTarget,
  told: (vectors: readonly Json[][]) => JsonObject,
): TranslatedCall {
  const input = requests.map((request, index) =>
    contentText(request, path === 'content' ? path : `${path}[${index}].content`),
  );
  const body: JsonObject = { model: target.model, input, encoding_format: 'float' };
  const [dimensions, ...others] = new Set(requests.map(dimensionsOf));
  if (others.length > 0) {
    const message =
      "The provider of this model embeds all texts with one number of dimensions; send 'outputDimensionality' alike.";
    throw new Fault('invalid_request', message, { param: `${path}[].outputDimensionality` });
  }
  if (dimensions !== undefined) body.dimensions = dimensions;
  return {
    body,
    dropped: [...new Set(dropped)],
    answer: (given) => answered(given, told),
    stream() {
      throw new Fault('provider_error', 'The provider streamed embeddings, which have no stream.');
    },
  };
}

function answered(given: JsonObject, told: (vectors: readonly Json[][]) => JsonObject): TranslatedAnswer {
  const usage = openAiUsage(given.usage);
  const body = told(
    objectsIn(given.data).map(({ embedding }) => (Array.isArray(embedding) ? embedding : [])),
  );
  if (usage !== undefined) body.usageMetadata = { promptTokenCount: usage.inputTokens };
  return { body, usage };
}
