/** What is tried with an answer that needs no translation. */
import assert from 'node:assert/strict';
import { Fault } from '../../src/core/fault.ts';
import { isJsonObject, type Json, type JsonObject, parseObject } from '../../src/core/json.ts';
import {
  type Dialect,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
} from '../../src/dialects/index.ts';
import type { Conformance } from './conform.ts';
import type { Exchange, Plain } from './exchange.ts';
import { eventsOf } from './framing.ts';

/** What fits the client's schema is left alone; what does not is mended once, and fits then. */
export function tryOwn(
  exchange: Exchange,
  dialect: Dialect,
  fits: (json: JsonObject) => string | undefined,
): void {
  const { model, framing, bytes } = exchange;
  const mender = dialect.mender?.({ id: 'replay', model, nowMs: 1_790_000_000_000, words: {} });
  if (mender === undefined) return;
  const whole = framing === 'json';
  const said = whole ? parseObject(bytes.toString('utf8')) : undefined;
  assert.ok(!whole || said, 'the recording is no JSON object');
  const mend = (json: JsonObject): boolean => (whole ? mender.whole(json) !== undefined : mender.event(json));
  const values = said ? [said] : eventsOf([bytes], framing);
  const begins = !beginsWithoutRole(values);
  for (const json of values) {
    if (!whole && dialect.stream.error(json) !== undefined) continue;
    const before = JSON.stringify(json);
    const sound = fits(json) === undefined;
    let changed = false;
    try {
      changed = mend(json);
    } catch (thrown) {
      // a word for the end that says that there is none
      if (thrown instanceof Fault && thrown.code === 'provider_error') return;
      throw thrown;
    }
    assert.equal(fits(json), undefined, `mended: ${before.slice(0, 200)}`);
    if (sound && begins)
      assert.ok(!changed && JSON.stringify(json) === before, `left alone: ${before.slice(0, 200)}`);
    assert.equal(mend(json), false, 'mended once');
  }
}

const PLAIN: Readonly<Record<Plain, { readonly dialect: Dialect; readonly schema: string }>> = {
  completions: { dialect: openAiCompletions, schema: 'CreateCompletionResponse' },
  embeddings: { dialect: openAiEmbeddings, schema: 'CreateEmbeddingResponse' },
  moderations: { dialect: openAiModerations, schema: 'CreateModerationResponse' },
};

export function tryPlain(exchange: Exchange, plain: Plain, conform: Conformance): void {
  const { dialect, schema } = PLAIN[plain];
  tryOwn(exchange, dialect, (json) =>
    conform.openAi(schema, exchange.framing === 'sse' ? atItsEnd(json) : json),
  );
}

/** OpenAI describes a chunk of a completion as a whole one, which has a reason for its end and knows no null for usage. */
function atItsEnd({ usage, ...chunk }: JsonObject): JsonObject {
  const choices = Array.isArray(chunk.choices)
    ? chunk.choices.map((choice) =>
        isJsonObject(choice) ? { ...choice, finish_reason: choice.finish_reason ?? 'stop' } : choice,
      )
    : chunk.choices;
  return { ...chunk, choices: choices ?? [], ...(usage !== null && usage !== undefined && { usage }) };
}

/** A stream of chat that the SDK refuses, although each chunk of it fits the description. */
export function beginsWithoutRole(events: readonly JsonObject[]): boolean {
  const begun = new Set<Json | undefined>();
  return events.some(({ choices }) =>
    (Array.isArray(choices) ? choices.filter(isJsonObject) : []).some(({ index, delta }) => {
      if (begun.has(index)) return false;
      begun.add(index);
      return isJsonObject(delta) && delta.role === undefined;
    }),
  );
}
