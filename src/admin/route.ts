/** The contract between the admin API and the houses' `routes.ts`. */
import { z } from 'zod';
import type { Action, Principal, Reach } from '../identity/index.ts';

export interface AdminCall<Params, Query, Body> {
  readonly principal: Principal;
  /** The organisation the call is about: the caller's own, or the one a platform operator names in the path. */
  readonly orgId: string;
  /** How far the caller's role reaches for this action: everything, its own teams, or itself. */
  readonly reach: Reach;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
}

/** What a handler gives back: the answer, and what the audit trail says of it. */
export interface AdminResult<Answer> {
  readonly answer: Answer;
  /** `key/<id>`: what was read or changed; mutations must name it. */
  readonly resource?: string;
  /** Sent in place of the answer as JSON, which it says in another form. */
  readonly file?: AnswerFile;
  /** Changed fields for the audit trail; never a secret. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

export interface AnswerFile {
  /** Content type. */
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, parameters as `:name`; `/orgs/:orgId/…` for what belongs to an organisation. */
  readonly path: string;
  readonly summary: string;
  /** The row of the role matrix that guards it; also the audit action. */
  readonly action: Action;
  readonly status: 200 | 201;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** undefined: the route takes no body. */
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  readonly handle: (call: AdminCall<unknown, unknown, unknown>) => Promise<AdminResult<unknown>>;
}

interface RouteShape<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> {
  readonly method: AdminRoute['method'];
  readonly path: string;
  readonly summary: string;
  readonly action: Action;
  readonly status?: 200 | 201;
  readonly params: P;
  readonly query: Q;
  readonly body?: B;
  readonly answer: A;
  readonly handle: (
    call: AdminCall<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<AdminResult<z.input<A>>>;
}

/** Types a handler by its schemas; the admin API has parsed all three before it calls the handler. */
export function adminRoute<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
>(shape: RouteShape<P, Q, B, A>): AdminRoute {
  return { status: 200, body: undefined, ...shape, handle: shape.handle as AdminRoute['handle'] };
}

/** For routes whose path names nothing but the organisation, and for those that take no query. */
export const noParams = z.strictObject({});
export const noQuery = z.strictObject({});

/** The answer of a list that is short enough to be given whole. */
export const listOf = <Row extends z.ZodType>(row: Row) => z.strictObject({ data: z.array(row) });

/** The answer of a list that is given page by page. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.strictObject({
    data: z.array(row),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last.'),
  });

/** The answer to a deletion. */
export const deletedAnswer = z.strictObject({ id: z.string(), deleted: z.literal(true) });
