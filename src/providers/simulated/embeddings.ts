/** Embeddings: unit vectors that depend on nothing but the text, the seed and the dimensions. */
import type { Json, JsonObject } from '../../core/json.ts';
import { hashOf, randomFrom } from './random.ts';
import { tokensOf } from './reply.ts';

const DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;

export function embeddingsAnswer(body: JsonObject, model: string, seed: number): unknown {
  const texts = inputsOf(body.input);
  const base64 = body.encoding_format === 'base64';
  const asked = typeof body.dimensions === 'number' ? body.dimensions : DIMENSIONS;
  const dimensions = Math.min(Math.max(1, Math.trunc(asked)), MAX_DIMENSIONS);
  const tokens = texts.reduce((sum, text) => sum + tokensOf(text.length), 0);
  return {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = unitVector(text, dimensions, seed);
      return { object: 'embedding', index, embedding: base64 ? encoded(vector) : Array.from(vector) };
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** One text, a list of texts, one list of token numbers, or a list of those. */
function inputsOf(input: Json | undefined): string[] {
  if (!Array.isArray(input)) return [typeof input === 'string' ? input : ''];
  if (typeof input[0] === 'number') return [input.join(' ')];
  return input.map((one) => (Array.isArray(one) ? one.join(' ') : String(one)));
}

function unitVector(text: string, dimensions: number, seed: number): Float32Array {
  const random = randomFrom(hashOf(text, seed));
  const vector = new Float32Array(dimensions);
  let squares = 0;
  for (let index = 0; index < dimensions; index++) {
    const value = random() * 2 - 1;
    vector[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  return vector.map((value) => value / length);
}

/** Little-endian 32-bit floats, as OpenAI's SDK decodes them. */
function encoded(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}
