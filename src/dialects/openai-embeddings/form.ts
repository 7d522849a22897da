/** What the answers of embeddings must look like. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { type Mender, type MendFacts, mendInPlace, refuseNoAnswer } from '../forms/mender.ts';
import { either, fixed, list, numbers, object, text, whole } from '../forms/shape.ts';
import { EMBEDDING_USAGE } from '../openai-common/form.ts';

const EMBEDDINGS = object({
  object: fixed('list'),
  model: text(),
  data: list(object({ object: fixed('embedding'), index: whole(), embedding: either(text(), numbers()) })),
  usage: EMBEDDING_USAGE,
});

export function embeddingsMender({ model }: MendFacts): Mender {
  return {
    whole: (body, usage) => mendInPlace(EMBEDDINGS, body, (broken) => prepare(broken, model, usage)),
    event: () => false,
  };
}

function prepare(body: JsonObject, model: string, usage: Usage | undefined): void {
  refuseNoAnswer(Array.isArray(body.data));
  body.model ??= model;
  if (!isJsonObject(body.usage)) body.usage = { prompt_tokens: usage?.inputTokens ?? 0 };
  body.usage.total_tokens ??= body.usage.prompt_tokens ?? 0;
  if (!Array.isArray(body.data)) return;
  body.data.forEach((item, position) => {
    if (isJsonObject(item)) item.index ??= position;
  });
}
