import type { JsonObject } from '../../core/json.ts';
import { askedEffort, budgetOf, LEAST_BUDGET, nearestEffort } from '../canonical/reasoning.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { mergedTurns, type Writing } from '../canonical/writing.ts';

/**
 * Asks Claude to think, as its model wants to be asked: adaptive with an effort, or by a budget below the cap.
 * @returns whether it will, since then it takes neither temperature nor a forced tool
 */
export function writeThinking(body: JsonObject, request: CanonicalRequest, writing: Writing): boolean {
  const { reasoning } = request;
  const { traits, trail } = writing;
  const asked = reasoning === undefined ? undefined : askedEffort(reasoning);
  if (reasoning === undefined || asked === undefined) return false;
  if (asked === 'none') {
    if (traits.thinking === 'adaptive') body.thinking = { type: 'disabled' };
    return false;
  }
  if (traits.thinking === 'adaptive') {
    const effort = nearestEffort(asked, traits) ?? asked;
    body.thinking = { type: 'adaptive', display: reasoning.shown === false ? 'omitted' : 'summarized' };
    body.output_config = { effort };
    return true;
  }
  const cap = Number(body.max_tokens);
  const wanted = Math.max(LEAST_BUDGET, reasoning.budgetTokens ?? budgetOf(asked));
  // A turn that called tools without a signed thought cannot be gone on with while thinking.
  if (traits.thinking === 'none' || cap <= LEAST_BUDGET || unsignedCall(request)) {
    trail.drop('reasoning');
    return false;
  }
  body.thinking = { type: 'enabled', budget_tokens: Math.min(wanted, cap - 1) };
  return true;
}

/** The last assistant turn called tools, and its thoughts did not come along. */
function unsignedCall(request: CanonicalRequest): boolean {
  const turns = mergedTurns(request);
  if (turns.at(-1)?.parts.some((part) => part.kind === 'result') !== true) return false;
  const called = turns.findLast(({ role }) => role === 'assistant');
  const [first] = called?.parts ?? [];
  return !(first?.kind === 'thought' && first.seal?.format === 'anthropic');
}

export function writeSampling(
  body: JsonObject,
  request: CanonicalRequest,
  { traits, trail }: Pick<Writing, 'traits' | 'trail'>,
  thinks: boolean,
): void {
  const free = traits.sampling && !thinks;
  if (request.temperature !== undefined) {
    if (!free || request.temperature > 1) trail.drop('temperature');
    if (free) body.temperature = Math.min(1, Math.max(0, request.temperature));
  }
  if (request.topP !== undefined) {
    // Newer models take one of the two.
    if (free && body.temperature === undefined) body.top_p = request.topP;
    else trail.drop('top_p');
  }
  if (request.topK !== undefined) {
    if (free) body.top_k = request.topK;
    else trail.drop('top_k');
  }
  const stop = request.stop?.filter((sequence) => sequence.trim() !== '') ?? [];
  if (stop.length < (request.stop?.length ?? 0)) trail.drop('stop');
  if (stop.length > 0) body.stop_sequences = stop;
}
