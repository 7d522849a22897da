import { type ModelTraits, modelTraits } from '../models.ts';
import type { TranslationTarget } from '../translation.ts';
import { callIds, type Names, toolNames } from './names.ts';
import type { CanonicalRequest, Part, Seal, TextPart, Turn } from './request.ts';
import type { Trail } from './trail.ts';

/** What the writer of a request needs beside it, and what it leaves for whoever reads the answer. */
export interface Writing {
  readonly target: TranslationTarget;
  readonly traits: ModelTraits;
  readonly trail: Trail;
  readonly tools: Names;
  readonly ids: Names;
  /** The tool that stands for a JSON schema: what it is called with is the text of the answer. */
  schemaTool?: string;
}

export function beginWriting(target: TranslationTarget, trail: Trail): Writing {
  const traits = modelTraits(target.model);
  return { target, traits, trail, tools: toolNames(), ids: callIds(target.kind) };
}

/** All system text, in its order. */
export function systemParts(request: CanonicalRequest): TextPart[] {
  return request.turns
    .filter(({ role }) => role === 'system')
    .flatMap(({ parts }) => parts)
    .filter((part) => part.kind === 'text' && part.text !== '')
    .map((part) => part as TextPart);
}

/** The conversation without system text, in which no two neighbours have one role. */
export function mergedTurns(request: CanonicalRequest): Turn[] {
  const merged: Turn[] = [];
  for (const { role, parts } of request.turns) {
    if (role === 'system' || parts.length === 0) continue;
    const before = merged.at(-1);
    if (before?.role === role) before.parts.push(...parts);
    else merged.push({ role, parts: [...parts] });
  }
  return merged;
}

/** The same where the first turn must be the user's and results must come first in theirs. */
export function strictTurns(request: CanonicalRequest, trail: Trail): Turn[] {
  const turns = mergedTurns(request);
  for (const turn of turns) {
    if (turn.role === 'user')
      turn.parts.sort((a, b) => Number(b.kind === 'result') - Number(a.kind === 'result'));
  }
  if (turns[0]?.role === 'assistant') {
    trail.dropPath('messages[].role');
    turns.unshift({ role: 'user', parts: [{ kind: 'text', text: '…', path: 'messages[0]' }] });
  }
  return turns;
}

/** What this vendor signed; what nobody or somebody else did is named as left behind. */
export function ownSeal(part: Part, owner: Seal['format'], trail: Trail): Seal | undefined {
  const seal = 'seal' in part ? part.seal : undefined;
  if (seal?.format === owner) return seal;
  if (part.kind === 'thought') trail.dropPath(part.path);
  else if (seal !== undefined) trail.dropPath(`${part.path}.signature`);
  return undefined;
}
