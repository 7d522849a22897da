import { Fault } from '../core/fault.ts';
import type { EntitiesRules } from './custom/entities.ts';
import { Detector } from './detector.ts';
import { Findings } from './findings.ts';
import type { OrgKey } from './keys.ts';
import type { Match } from './match.ts';
import { CONTEXT_CHARS } from './pattern.ts';
import { REDACTION_ACTIONS, type RedactionAction } from './plan.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { CERTAIN, type Entity } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { type Actions, compilePlan, type RedactionRules } from './rule.ts';
import { actionOf, entityOf, prepare, withCustom } from './ruling.ts';
import { AFTER_CHARS, contextTest } from './score.ts';
import { redactText } from './stream.ts';
import { Verdicts } from './verdicts.ts';

/** What was found in one place, and why. */
export interface Explained {
  readonly entity: string;
  readonly group: Entity['group'];
  readonly action: RedactionAction;
  /** In UTF-16 units; `end` is the place after the last. */
  readonly start: number;
  readonly end: number;
  /** How sure it is, of 100. */
  readonly score: number;
  readonly why: string;
  /** Other kinds that overlap with it and gave it their place. */
  readonly overlapped: readonly string[];
}

export interface Trial {
  /** null where a finding blocks. */
  readonly text: string | null;
  readonly findings: readonly Explained[];
}

/** Looks for every kind, so that a person also sees what policy lets pass. Made when it is first asked for. */
let everything: Detector | undefined;

/**
 * What these rules would make of a text in a request, and what was found in it. Nothing of it is kept.
 *
 * @param declared entities that policies declare, beside those that everybody has
 */
export function tryRedaction(
  text: string,
  actions: Actions,
  key: OrgKey,
  declared: readonly EntitiesRules[] = [],
): Trial {
  const sections: RedactionRules[] = declared.map((entities) => ({ entities }));
  const plan = compilePlan([...sections, { request: actions }]);
  const { request: ruling } = prepare(plan);
  const matches: Match[] = [];
  everything ??= new Detector(RECOGNISERS);
  withCustom(everything, plan.custom)?.find(text, 0, text.length, matches);
  const judged: Judged = {
    text,
    entity: (rank) => entityOf(plan.custom, rank),
    action: (rank) => (ruling === undefined ? 'allow' : actionOf(ruling, rank)),
  };
  const findings = overlapping(matches).map((group) => explained(group, judged));
  if (ruling?.detector === undefined) return { text, findings };
  const pseudonyms = new Pseudonyms(key, () => text);
  const means = { key, pseudonyms, findings: new Findings(key), fakes: new Set<string>() };
  try {
    return { text: redactText(ruling.detector, new Verdicts(ruling, means, false), text), findings };
  } catch (error) {
    if (error instanceof Fault && error.code === 'pii_blocked') return { text: null, findings };
    throw error;
  }
}

/** Matches that overlap, together; those that policy allows give way to those that it does not. */
function overlapping(matches: readonly Match[]): Match[][] {
  const groups: Match[][] = [];
  let end = 0;
  for (const match of matches.toSorted((a, b) => a.start - b.start || a.rank - b.rank)) {
    const last = groups.at(-1);
    if (last === undefined || match.start >= end) groups.push([match]);
    else last.push(match);
    end = Math.max(end, match.end);
  }
  return groups;
}

interface Judged {
  readonly text: string;
  readonly entity: (rank: number) => Entity;
  readonly action: (rank: number) => RedactionAction;
}

function explained(group: readonly Match[], judged: Judged): Explained {
  const { entity, action } = judged;
  const looked = group.filter(({ rank }) => action(rank) !== 'allow');
  const members = looked.length > 0 ? looked : group;
  const first = members.reduce((best, match) => (match.rank < best.rank ? match : best));
  const { id, group: kind } = entity(first.rank);
  const strictest = Math.max(...members.map(({ rank }) => REDACTION_ACTIONS.indexOf(action(rank))));
  const others = new Set(group.map(({ rank }) => entity(rank).id));
  others.delete(id);
  return {
    entity: id,
    group: kind,
    action: REDACTION_ACTIONS[strictest] as RedactionAction,
    start: Math.min(...members.map(({ start }) => start)),
    end: Math.max(...members.map(({ end }) => end)),
    score: first.score,
    why: reason(first, judged),
    overlapped: [...others],
  };
}

function reason({ rank, start, end, score }: Match, { text, entity }: Judged): string {
  const { called, context } = entity(rank);
  if (score >= CERTAIN) return `has the form of ${called}, and passes every check of it`;
  const test = contextTest(context);
  const before = text.slice(Math.max(0, start - CONTEXT_CHARS), start);
  const word = test?.exec(before)?.[0] ?? test?.exec(text.slice(end, end + AFTER_CHARS))?.[0];
  if (word !== undefined) return `has the form of ${called}, and "${word}" stands near it`;
  return `has the form of ${called}, and nothing near it speaks against it`;
}
