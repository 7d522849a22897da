import { Fault } from '../core/fault.ts';
import { formatUsd, type PicoUsd } from '../core/money.ts';
import type { Shortage } from './account.ts';
import { type WINDOWS, type WindowKind, writtenWindow } from './window.ts';

const PER: Record<(typeof WINDOWS)[number], string> = {
  minute: 'this minute',
  hour: 'this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
  total: 'in all',
};

/** Which budget says no, how much is left of it, when it resets, and what to do. */
export function refusalOf(shortage: Shortage, need: PicoUsd): Fault {
  const { account, kind, payable, resetsAtMs } = shortage;
  const { budget } = account;
  if (kind === 'unreachable') {
    return new Fault(
      'ledger_unavailable',
      `The ledger of budget "${budget.name}" cannot be reached and this node has no more of it. Try again shortly.`,
      { retryAfterMs: 1000 },
    );
  }
  const left = formatUsd(payable > 0n ? payable : 0n);
  const amount = formatUsd(shortage.amount);
  const resetsAt = Number.isFinite(resetsAtMs) ? new Date(resetsAtMs).toISOString() : null;
  const reset = resetText(budget.window, resetsAt);
  return new Fault(
    'budget_exceeded',
    `Budget "${budget.name}" of this ${scopeName(budget.scope)} has $${left} of $${amount} left ${perText(budget.window)}; ` +
      `this request may cost up to $${formatUsd(need)}. ${reset} Lower the output cap or shorten the input, or have the budget raised.`,
    { metadata: { budget: budget.id, left_usd: left, amount_usd: amount, resets_at: resetsAt } },
  );
}

function perText(kind: WindowKind): string {
  const written = writtenWindow(kind);
  return typeof written === 'string' ? PER[written] : `for the last ${written.rolling}`;
}

function resetText(kind: WindowKind, resetsAt: string | null): string {
  if (resetsAt === null) return typeof kind === 'string' ? 'It does not reset.' : 'It resets as time passes.';
  return typeof kind === 'string' ? `It resets at ${resetsAt}.` : `Some of it is free again at ${resetsAt}.`;
}

function scopeName(scope: string): string {
  if (scope === 'tag') return 'tag value';
  return scope === 'org' ? 'organisation' : scope;
}
