import { sqlState } from '../query-error.ts';

/**
 * Is it what the rows hold that Postgres refuses, so that trying again cannot help? Data exceptions (22), integrity
 * violations (23), limits exceeded (54): see appendix A of its manual.
 */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}
