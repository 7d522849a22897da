/** The SQLSTATE of an error of Postgres, wherever drizzle wrapped it. */
export function sqlState(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return undefined;
}

/**
 * Is it what the rows hold that Postgres refuses, so that trying again cannot help? Data exceptions (22), integrity
 * violations (23), limits exceeded (54): see appendix A of its manual.
 */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '');
}
