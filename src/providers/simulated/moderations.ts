import type { Json, JsonObject } from '../../core/json.ts';
import { textIn } from './request.ts';

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;

/** The one text that is flagged, so that both outcomes can be shown. */
const FLAGGED = /\bsimulated violence\b/i;

export function moderationAnswer(body: JsonObject, model: string, id: string): unknown {
  const input = body.input ?? '';
  const inputs: Json[] = Array.isArray(input) && typeof input[0] === 'string' ? input : [input];
  return { id: `modr-sim${id}`, model, results: inputs.map((one) => result(FLAGGED.test(textIn(one)))) };
}

function result(flagged: boolean) {
  const violent = (category: string): boolean => flagged && category === 'violence';
  const each = <Value>(value: (category: string) => Value) =>
    Object.fromEntries(CATEGORIES.map((category) => [category, value(category)]));
  return {
    flagged,
    categories: each(violent),
    category_scores: each((category) => (violent(category) ? 0.99 : 0.00001)),
    category_applied_input_types: each(() => ['text']),
  };
}
