import type { CacheRuling } from '../cache/index.ts';
import type { Fault } from '../core/fault.ts';
import type { Target } from '../providers/index.ts';
import type { RedactionPlan } from '../redaction/index.ts';

/** What the policies that match a request say of it: what is allowed, and what must be done. */
export interface Verdict {
  /** Ids of the policies that matched, for the audit trail. */
  readonly policies: readonly string[];
  /** undefined: the target is allowed; else why not, naming the policy. Asked by route for each candidate. */
  readonly permits: (target: Target) => Fault | undefined;
  readonly redaction: RedactionPlan | undefined;
  /** Whether and how an answer may be kept and reused within the tenant; undefined = not at all. */
  readonly cache: CacheRuling | undefined;
  /** May a model without a known price run? */
  readonly unpriced: 'allow' | 'refuse';
  /** When the client leaves: stop the provider, or read on to the end. */
  readonly onDisconnect: 'cancel' | 'drain';
}

export interface HasVerdict {
  verdict: Verdict;
}
