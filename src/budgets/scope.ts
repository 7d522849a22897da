import { createHash } from 'node:crypto';
import { requestTags, type Tags } from '../core/tags.ts';
import { type Principal, SUBJECT_KINDS, subjectIdOf } from '../identity/index.ts';

/** Whose spending a budget counts together. */
export const BUDGET_SCOPES = [...SUBJECT_KINDS, 'prompt', 'tag'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** What a request is counted by. */
export interface Caller {
  readonly principal: Principal;
  /** The prompt that it was resolved to. */
  readonly prompt: string | undefined;
  /** `x-sluice-tags`. */
  readonly tagHeader: string | string[] | undefined;
}

/** What one row of the ledger counts for. */
export interface Subject {
  readonly id: string;
  /** Of prompts and tag values, which have no id of their own. */
  readonly name: string | null;
}

interface Scoped {
  readonly scope: BudgetScope;
  readonly scopeId: string | null;
  readonly prompt: string | null;
  readonly tag: string | null;
}

/** Whose spending the budget counts for this caller; undefined where it does not count the caller at all. */
export function countedSubject(budget: Scoped, caller: Caller): Subject | undefined {
  const { scope } = budget;
  if (scope === 'prompt') return named(scope, caller.prompt, budget.prompt);
  if (scope === 'tag') {
    const { name, value } = splitTag(budget.tag ?? '');
    return named(`tag:${name}`, tagsOf(caller)[name], value);
  }
  const id = subjectIdOf(caller.principal, scope);
  if (id === null || (budget.scopeId !== null && budget.scopeId !== id)) return undefined;
  return { id, name: null };
}

/** Those of the key go before those of the request: a caller cannot move its spending elsewhere. */
function tagsOf({ principal, tagHeader }: Caller): Tags {
  return requestTags(tagHeader, principal.tags);
}

/** What of a caller decides which prompts and tag values are counted, as text: the same text, the same subjects. */
export function namesOf(budgets: readonly Scoped[], caller: Caller): string {
  const tags = tagsOf(caller);
  return JSON.stringify(
    budgets.map(({ scope, tag }) => (scope === 'prompt' ? caller.prompt : tags[splitTag(tag ?? '').name])),
  );
}

/** `env` or `env=prod`. */
export function splitTag(tag: string): { name: string; value: string | null } {
  const equals = tag.indexOf('=');
  return equals < 0
    ? { name: tag, value: null }
    : { name: tag.slice(0, equals), value: tag.slice(equals + 1) };
}

function named(kind: string, name: string | undefined, only: string | null): Subject | undefined {
  if (name === undefined || (only !== null && only !== name)) return undefined;
  return { id: idOfName(`${kind}:${name}`), name };
}

/** A UUID (version 8, of one's own making) that stands for a name: the ledger's rows are kept by UUID. */
function idOfName(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
