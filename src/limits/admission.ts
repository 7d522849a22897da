import type { Taken } from './counter.ts';
import type { Limit } from './limit.ts';

/** What a request took from its limits. */
export interface Admission {
  readonly limits: readonly Limit[];
  readonly taken: Taken;
  /** Reserved at admission; the settlement corrects it to what was used. */
  readonly estimatedTokens: number;
  /** Name of the place that it holds among the requests at once. */
  readonly slot: string;
}

export interface HasAdmission {
  /** undefined: no limit holds for this principal. */
  admission: Admission | undefined;
}

export interface HasModelAdmission {
  /** undefined: no limit holds for this principal and model. */
  modelAdmission: Admission | undefined;
}
