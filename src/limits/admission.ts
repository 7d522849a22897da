import type { Taken } from './counter.ts';
import type { Limit } from './limit.ts';

/** What a request took from its limits. */
export interface Admission {
  readonly limits: readonly Limit[];
  readonly taken: Taken;
  /** The settlement corrects it to what was used. */
  readonly reservedTokens: number;
  /** Name of the place that it holds among the requests at once. */
  readonly slot: string;
}

export interface HasAdmission {
  /** undefined: no limit holds for this principal. */
  admission: Admission | undefined;
}

export interface HasCallAdmission {
  /** undefined: no limit of tokens, and none of the model, holds for this principal. */
  callAdmission: Admission | undefined;
}
