import type { JsonObject } from '../../core/json.ts';
import type { Names } from '../canonical/names.ts';
import { askedEffort, nearestEffort } from '../canonical/reasoning.ts';
import type { CanonicalRequest, OutputFormat, ToolChoice } from '../canonical/request.ts';
import type { Writing } from '../canonical/writing.ts';
import type { Effort } from '../models.ts';

/** What chat completions and responses want said in the same words. */

export function writeSampling(body: JsonObject, request: CanonicalRequest, { traits, trail }: Writing): void {
  if (request.temperature !== undefined) {
    if (traits.sampling) body.temperature = Math.min(2, Math.max(0, request.temperature));
    if (!traits.sampling || request.temperature > 2) trail.drop('temperature');
  }
  if (request.topP !== undefined) {
    if (traits.sampling) body.top_p = request.topP;
    else trail.drop('top_p');
  }
}

/** The effort to ask for; undefined where the model takes none. */
export function writeReasoning(request: CanonicalRequest, { traits, trail }: Writing): Effort | undefined {
  const asked = request.reasoning === undefined ? undefined : askedEffort(request.reasoning);
  if (asked === undefined) return undefined;
  const effort = nearestEffort(asked, traits);
  // A model that cannot reason is off already.
  if (effort === undefined && asked !== 'none') trail.drop('reasoning');
  return effort;
}

/** @param named how the dialect names one tool */
export function writeToolChoice(
  choice: ToolChoice | undefined,
  names: Names,
  named: (name: string) => JsonObject,
): JsonObject | string | undefined {
  if (choice === undefined) return undefined;
  if (choice.allowed !== undefined) {
    const tools = choice.allowed.map((name) => named(names.out(name)));
    return { type: 'allowed_tools', mode: choice.mode === 'required' ? 'required' : 'auto', tools };
  }
  return choice.mode === 'tool' ? named(names.out(choice.name ?? '')) : choice.mode;
}

/** Flat, as responses have it. */
export function writeFormat(format: OutputFormat | undefined): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (format.kind === 'json') return { type: 'json_object' };
  const { schema, name = 'answer', description, strict } = format;
  const written: JsonObject = { type: 'json_schema', name, schema };
  if (description !== undefined) written.description = description;
  if (strict !== undefined) written.strict = strict;
  return written;
}
