import type { Taken } from './counter.ts';
import type { Limit } from './limit.ts';

/** What a request took from its limits. */
export interface Admission {
  readonly limits: readonly Limit[];
  readonly taken: Taken;
  /** Reserved at admission; the settlement corrects it to what was used. */
  readonly estimatedTokens: number;
}

export interface HasAdmission {
  /** undefined: no limit holds for this principal. */
  admission: Admission | undefined;
}
