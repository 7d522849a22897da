/** The request that a client sends after an answer: it gives back what the answer held, signatures included. */
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Target } from '../../src/dialects/canonical/features.ts';
import type { ClientDialect } from './conform.ts';

function first(value: Json | undefined): JsonObject {
  const item = Array.isArray(value) ? value[0] : undefined;
  return isJsonObject(item) ? item : {};
}

export function nextTurn(client: ClientDialect, answer: JsonObject): JsonObject {
  const ask = { role: 'user', content: 'Go on.' };
  switch (client) {
    case 'chat':
      return { model: 'm', messages: [ask, first(answer.choices).message ?? {}, ask] };
    case 'responses':
      return { model: 'm', input: [ask, ...(Array.isArray(answer.output) ? answer.output : []), ask] };
    case 'messages':
      return {
        model: 'm',
        max_tokens: 9,
        messages: [ask, { role: 'assistant', content: answer.content ?? [] }, ask],
      };
    case 'gemini': {
      const user = { role: 'user', parts: [{ text: 'Go on.' }] };
      return { contents: [user, first(answer.candidates).content ?? {}, user] };
    }
  }
}

/** What a vendor signed or sealed of its own reasoning in a whole answer. */
export function sealsIn(dialect: Target, value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => sealsIn(dialect, item));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const sealed = key === 'signature' || key === 'thoughtSignature' || key === 'redactedContent';
    const ofThought = value.type === 'redacted_thinking' && key === 'data';
    const ofReasoning = value.type === 'reasoning' && key === 'encrypted_content';
    if ((sealed || ofThought || ofReasoning) && typeof member === 'string' && member !== '') return [member];
    return sealsIn(dialect, member);
  });
}
