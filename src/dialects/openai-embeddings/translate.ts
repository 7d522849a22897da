import { Fault } from '../../core/fault.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { NO_USAGE, type Usage } from '../../core/usage.ts';
import { words } from '../canonical/trail.ts';
import type { Operation } from '../dialect.ts';
import { objectsIn, readObject, readText, readWholeNumber } from '../fields.ts';
import { firstCount } from '../tokens.ts';
import type { TranslatedAnswer, TranslatedCall, TranslationTarget } from '../translation.ts';

/** Embeddings asked for in OpenAI's words, of providers with words of their own. */

interface Asked {
  readonly texts: readonly string[];
  readonly dimensions: number | undefined;
  readonly model: string;
}

interface Answered {
  readonly vectors: readonly (readonly Json[])[];
  readonly inputTokens: number | undefined;
}

interface Format {
  readonly request: (asked: Asked) => JsonObject;
  readonly answer: (body: JsonObject) => Answered;
}

const KNOWN = words('model input dimensions encoding_format user');

function numbers(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const FORMATS = {
  gemini_embeddings: {
    request: ({ texts, dimensions, model }) => ({
      requests: texts.map((text) => {
        const request: JsonObject = { model: `models/${model}`, content: { parts: [{ text }] } };
        if (dimensions !== undefined) request.outputDimensionality = dimensions;
        return request;
      }),
    }),
    answer: (body) => ({
      vectors: objectsIn(body.embeddings).map(({ values }) => numbers(values)),
      inputTokens: firstCount(readObject(body.usageMetadata), 'promptTokenCount'),
    }),
  },
  titan_embeddings: {
    request({ texts, dimensions }) {
      const [inputText = '', second] = texts;
      if (second !== undefined) {
        const message = "This model embeds one text at a time; send 'input' as one string.";
        throw new Fault('invalid_request', message, { param: 'input' });
      }
      return dimensions === undefined ? { inputText } : { inputText, dimensions };
    },
    answer: (body) => ({
      vectors: [numbers(body.embedding)],
      inputTokens: firstCount(body, 'inputTextTokenCount'),
    }),
  },
  cohere_embeddings: {
    request({ texts, dimensions }) {
      const request: JsonObject = {
        texts: [...texts],
        // OpenAI's clients do not say what for; this is what most do with it.
        input_type: 'search_document',
        embedding_types: ['float'],
      };
      if (dimensions !== undefined) request.output_dimension = dimensions;
      return request;
    },
    answer(body) {
      const { embeddings } = body;
      const vectors = Array.isArray(embeddings) ? embeddings : readObject(embeddings)?.float;
      return {
        vectors: numbers(vectors).map(numbers),
        inputTokens: firstCount(readObject(readObject(body.meta)?.billed_units), 'input_tokens'),
      };
    },
  },
} as const satisfies Partial<Record<Operation, Format>>;

export const EMBEDDING_FORMATS = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

/** @throws Fault `invalid_request` for tokens, which mean nothing to another model, and for several texts of Titan */
export function openEmbeddings(
  to: keyof typeof FORMATS,
  body: JsonObject,
  target: TranslationTarget,
): TranslatedCall {
  const format: Format = FORMATS[to];
  const texts = textsOf(body.input);
  const dimensions = readWholeNumber(body, 'dimensions', 1);
  const dropped = Object.keys(body).filter(
    (key) => !KNOWN.has(key) || (key === 'user' && body.user !== null),
  );
  return {
    body: format.request({ texts, dimensions, model: target.model }),
    dropped,
    answer: (given) => embeddingList(format.answer(given), body.encoding_format === 'base64', target),
    stream() {
      throw new Fault('provider_error', 'The provider streamed embeddings, which have no stream.');
    },
  };
}

function textsOf(input: Json | undefined): string[] {
  if (typeof input === 'string') return [input];
  const texts = Array.isArray(input) ? input.flatMap((text) => readText(text) ?? []) : [];
  if (Array.isArray(input) && texts.length === input.length && texts.length > 0) return texts;
  const message =
    "Only texts can be embedded by the provider of this model; send 'input' as strings, not as tokens.";
  throw new Fault('invalid_request', message, { param: 'input' });
}

function embeddingList(answered: Answered, base64: boolean, target: TranslationTarget): TranslatedAnswer {
  const { vectors, inputTokens } = answered;
  const counted = inputTokens ?? target.inputTokens;
  const usage: Usage | undefined =
    inputTokens === undefined ? undefined : { ...NO_USAGE, inputTokens, source: 'reported' };
  return {
    body: {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: base64 ? packed(vector) : [...vector],
      })),
      model: target.model,
      usage: { prompt_tokens: counted, total_tokens: counted },
    },
    usage,
  };
}

/** 32-bit floats, little-endian, in base64: what OpenAI's SDKs ask for unless told otherwise. */
function packed(vector: readonly Json[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(Number(value), index * 4);
  });
  return bytes.toString('base64');
}
