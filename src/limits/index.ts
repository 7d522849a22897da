export { type LimitRule, limitRules } from './rule.ts';

/** What admission took for a request; given back when it settles. */
export interface HasAdmission {
  /** undefined: no limit matches. */
  admission: object | undefined;
}
