import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';

/** SQLSTATE class 22: the only one whose messages quote values. */
const DATA_EXCEPTION = '22';
const QUOTED = /"[^"]*"/g;

/**
 * A statement that the database refused. It stands in for drizzle's and pg's own errors, whose messages and
 * `detail` hold parameters and row values, which belong in no log.
 */
export class QueryError extends Error {
  /** SQLSTATE, or undefined where the connection failed and not the statement. */
  readonly code: string | undefined;
  readonly table: string | undefined;
  readonly constraint: string | undefined;

  constructor(failure: unknown) {
    const refusal = failure instanceof pg.DatabaseError ? failure : undefined;
    const message = failure instanceof Error ? failure.message : String(failure);
    super(refusal?.code?.startsWith(DATA_EXCEPTION) ? message.replace(QUOTED, '"…"') : message);
    this.name = 'QueryError';
    this.code = refusal?.code;
    this.table = refusal?.table;
    this.constraint = refusal?.constraint;
  }
}

/** What went wrong in the database, without parameters and values; anything else is handed back as it is. */
export function withoutValues(thrown: unknown): unknown {
  const failure = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  return failure instanceof pg.DatabaseError || thrown instanceof DrizzleQueryError
    ? new QueryError(failure)
    : thrown;
}

/** The SQLSTATE of an error caught inside or outside a transaction; undefined for everything else. */
export function sqlState(thrown: unknown): string | undefined {
  const failure = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  return failure instanceof pg.DatabaseError || failure instanceof QueryError ? failure.code : undefined;
}

/** The name of the constraint that a statement violated, where that is why it was refused (SQLSTATE class 23). */
export function violatedConstraint(thrown: unknown): string | undefined {
  const failure = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  if (!(failure instanceof pg.DatabaseError || failure instanceof QueryError)) return undefined;
  return failure.code?.startsWith('23') ? failure.constraint : undefined;
}
