import { Fault } from '../core/fault.ts';
import { formatUsd, type PicoUsd } from '../core/money.ts';
import type { Shortage } from './account.ts';
import type { WindowKind } from './window.ts';

const PER: Record<WindowKind, string> = {
  minute: 'this minute',
  hour: 'this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
  total: 'in all',
};

/** Which budget says no, how much is left of it, when it resets, and what to do. */
export function refusalOf({ account, kind, payable }: Shortage, need: PicoUsd): Fault {
  const { budget, window } = account;
  if (kind === 'unreachable') {
    return new Fault(
      'ledger_unavailable',
      `The ledger of budget "${budget.name}" cannot be reached and this node has no more of it. Try again shortly.`,
      { retryAfterMs: 1000 },
    );
  }
  const left = formatUsd(payable > 0n ? payable : 0n);
  const amount = formatUsd(budget.amount);
  const resetsAt = Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null;
  const reset = resetsAt === null ? 'It does not reset.' : `It resets at ${resetsAt}.`;
  return new Fault(
    'budget_exceeded',
    `Budget "${budget.name}" of this ${scopeName(budget.scope)} has $${left} of $${amount} left ${PER[budget.window]}; ` +
      `this request may cost up to $${formatUsd(need)}. ${reset} Lower the output cap or shorten the input, or have the budget raised.`,
    { metadata: { budget: budget.id, left_usd: left, amount_usd: amount, resets_at: resetsAt } },
  );
}

function scopeName(scope: string): string {
  return scope === 'org' ? 'organisation' : scope;
}
