import type { z } from 'zod';
import { Fault } from '../core/fault.ts';
import { isStorable } from '../core/json.ts';
import type { AdminRoute } from './route.ts';

/** The three inputs of a call, by the schemas of its route. */
export interface Inputs {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** @throws Fault `invalid_request` that names every problem of the first part that has any. */
export function parseInputs(route: AdminRoute, raw: Inputs): Inputs {
  return {
    params: parsed(route.params, ownParams(raw.params), 'path'),
    query: parsed(route.query, raw.query, 'query'),
    body: parseBody(route.body, raw.body),
  };
}

/** `orgId` is resolved by the API: a route finds it in its call, and not among its parameters. */
function ownParams(params: unknown): unknown {
  const { orgId: _resolved, ...own } = params as Record<string, unknown>;
  return own;
}

function parseBody(schema: z.ZodType | undefined, body: unknown): unknown {
  if (schema !== undefined) {
    if (body !== undefined) return parsed(schema, body, 'body');
    throw new Fault('invalid_request', 'The body is missing. Send a JSON object as application/json.');
  }
  const empty = body === undefined || (isObject(body) && Object.keys(body).length === 0);
  if (empty) return undefined;
  // An input that is taken and ignored is taken for a promise.
  throw new Fault('invalid_request', 'This call takes no body. Leave it out.');
}

function parsed(schema: z.ZodType, value: unknown, part: 'path' | 'query' | 'body'): unknown {
  const result = schema.safeParse(value);
  const problems = result.success ? unstorable(value, []) : result.error.issues.flatMap(problemsOf);
  if (result.success && problems.length === 0) return result.data;
  const text = problems
    .slice(0, 20)
    .map(({ param, message }) => (param === '' ? message : `${param}: ${message}`))
    .join('; ');
  const param = problems[0]?.param;
  throw new Fault('invalid_request', `The ${part} of the request is not as it must be. ${text}.`, {
    ...(param ? { param } : {}),
  });
}

/** Texts that no column of the database takes. */
function unstorable(value: unknown, path: readonly PropertyKey[]): Problem[] {
  if (typeof value === 'string') {
    if (isStorable(value)) return [];
    return [{ param: pathText(path), message: 'holds a NUL character or half of a surrogate pair' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, member]) => [
    ...(isStorable(name) ? [] : unstorable(name, path)),
    ...unstorable(member, [...path, isList ? Number(name) : name]),
  ]);
}

interface Problem {
  readonly param: string;
  readonly message: string;
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ param: pathText(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    param: pathText([...issue.path, key]).slice(0, 100),
    message: 'there is no such field',
  }));
}

/** `models[2]`, `owner.email` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
