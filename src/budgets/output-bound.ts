import { isJsonObject, type JsonObject } from '../core/json.ts';
import { WRITES_OUTPUT } from '../dialects/dialect.ts';
import type { Arrival, HasCall } from '../gateway/stage.ts';
import type { Shortage } from './account.ts';
import type { ModelOutput } from './model-outputs.ts';
import type { BudgetSettings } from './settings.ts';

/** How far the output of a request is bounded. */
export interface Bound {
  /** Reserved at once. Of one choice; of a stream that is reserved in steps, of all of them. */
  readonly tokens: number;
  /** The rest is reserved while it streams. */
  readonly steps: boolean;
  /** The most that all choices can hold together; Infinity: nobody knows. */
  readonly ceilingTokens: number;
  /** The cap of each choice that the request goes out with; undefined: nobody has to be told. */
  readonly capTokens: number | undefined;
}

/** What a legacy completion without `max_tokens` is cut at, by OpenAI's definition of the endpoint. */
const COMPLETIONS_CAP_TOKENS = 16;

/** The client's own cap, steps of a stream, the model's own limit, or else a cap that makes the worst case known. */
export function outputBound(
  settings: BudgetSettings,
  { call, endpoint }: Arrival & HasCall,
  outputs: readonly ModelOutput[],
  hard: boolean,
): Bound {
  const { operation } = endpoint;
  const { outputCapTokens, stream, choices } = call.described;
  if (!WRITES_OUTPUT.has(operation) || !hard) return atOnce(0);
  if (outputCapTokens !== undefined) return atOnce(outputCapTokens);
  const most = longest(outputs);
  if (stream && !outputs.some(({ unseen }) => unseen)) {
    const ceilingTokens = (most ?? Number.POSITIVE_INFINITY) * choices;
    return { tokens: settings.stream_step_tokens, steps: true, ceilingTokens, capTokens: undefined };
  }
  if (operation === 'completions') return atOnce(COMPLETIONS_CAP_TOKENS, COMPLETIONS_CAP_TOKENS);
  if (most !== undefined) return atOnce(most);
  return atOnce(settings.default_output_cap_tokens, settings.default_output_cap_tokens);
}

function atOnce(tokens: number, capTokens?: number): Bound {
  return { tokens, steps: false, ceilingTokens: Number.POSITIVE_INFINITY, capTokens };
}

/** Of whichever target answers; undefined where one of them is not known. */
function longest(outputs: readonly ModelOutput[]): number | undefined {
  let most = 0;
  for (const { mostTokens } of outputs) {
    if (mostTokens === undefined) return undefined;
    most = Math.max(most, mostTokens);
  }
  return most;
}

/** The bound that can be paid for instead; undefined: none that is worth answering. */
export function lowerBound(
  settings: BudgetSettings,
  x: Arrival & HasCall,
  { kind }: Shortage,
  bound: Bound,
  payableTokens: number,
): Bound | undefined {
  if (kind !== 'exhausted' || bound.tokens === 0) return undefined;
  // A first step that is smaller takes nothing away from the answer yet.
  if (settings.when_short === 'refuse' && !bound.steps) return undefined;
  if (payableTokens < leastCap(settings, x) || payableTokens >= bound.tokens) return undefined;
  return bound.steps ? { ...bound, tokens: payableTokens } : atOnce(payableTokens, payableTokens);
}

/** The lowest cap that may be set. Anthropic refuses one that does not exceed the thinking budget. */
export function leastCap(settings: BudgetSettings, { call }: HasCall): number {
  return Math.max(settings.min_output_cap_tokens, thinkingTokens(call.body) + 1);
}

function thinkingTokens({ thinking }: JsonObject): number {
  return isJsonObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : 0;
}
