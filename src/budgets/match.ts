import type { Account } from './account.ts';
import type { Budget } from './budget.ts';
import type { WindowKey } from './ledger.ts';
import type { WindowTerms } from './terms.ts';

/** A budget that counts a caller, in its present window. */
export interface Match {
  readonly budget: Budget;
  readonly key: WindowKey;
  readonly terms: WindowTerms;
  /** undefined for soft budgets. */
  readonly account: Account | undefined;
}
