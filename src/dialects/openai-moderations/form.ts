/** What the answers of moderations must look like: every category, with a score. */
import type { Json, JsonObject } from '../../core/json.ts';
import { objectsIn, readObject } from '../fields.ts';
import { type Mender, type MendFacts, mendInPlace, refuseNoAnswer } from '../forms/mender.ts';
import { amount, flag, list, type Members, nullable, object, type Shape, text } from '../forms/shape.ts';

const CATEGORIES = [
  'hate',
  'hate/threatening',
  'harassment',
  'harassment/threatening',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

function each(shape: Shape): Members {
  return Object.fromEntries(CATEGORIES.map((category) => [category, shape]));
}

const NO = nullable(flag(false));
const MODERATION = object({
  id: text(),
  model: text(),
  results: list(
    object({
      flagged: flag(false),
      categories: object(each(flag(false)), { illicit: NO, 'illicit/violent': NO }),
      category_scores: object(each(amount()), { illicit: amount(), 'illicit/violent': amount() }),
    }),
  ),
});

export function moderationsMender({ id, model }: MendFacts): Mender {
  return {
    whole: (body) => mendInPlace(MODERATION, body, (broken) => prepare(broken, `modr-${id}`, model)),
    event: () => false,
  };
}

/** What a vendor flagged in categories of its own is flagged all the same. */
function prepare(body: JsonObject, id: string, model: string): void {
  refuseNoAnswer(Array.isArray(body.results));
  body.id ??= id;
  body.model ??= model;
  for (const result of objectsIn(body.results)) {
    result.flagged ??= Object.values(readObject(result.categories) ?? {}).some(
      (flagged: Json) => flagged === true,
    );
  }
}
