/** Conditions (`when`) in CEL, compiled once. */
import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js';
import { isTimeZone } from '../core/time-zone.ts';
import { type Facts, PRINCIPAL_FIELDS, PrincipalFacts, REQUEST_FIELDS, RequestFacts } from './facts.ts';
import { hourIn, weekdayIn } from './zone.ts';

export interface Condition {
  /** True where the policy applies. @throws ConditionError when it asks for what the request does not have */
  readonly holds: (facts: Facts) => boolean;
  /**
   * Whether it asks for nothing but who calls, with which tags, and what STEADY_FIELDS says of the request, so that
   * the answer for one request is the answer for the next.
   */
  readonly steady: boolean;
}

/** Why a condition was refused or failed. */
export class ConditionError extends Error {
  /** Characters from the start of the expression. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ConditionError';
    this.offset = offset;
  }
}

const MAX_CHARACTERS = 2000;

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 200, maxMapEntries: 20, maxCallArguments: 4 },
})
  .registerType('Request', { ctor: RequestFacts, fields: REQUEST_FIELDS })
  .registerType('Principal', { ctor: PrincipalFacts, fields: PRINCIPAL_FIELDS })
  .registerVariable('request', 'Request')
  .registerVariable('principal', 'Principal')
  .registerVariable('tags', 'map<string, string>')
  .registerVariable('now', 'google.protobuf.Timestamp')
  .registerFunction('hour(google.protobuf.Timestamp, string): int', (now: Date, zone: string) =>
    BigInt(hourIn(zone, now.getTime())),
  )
  .registerFunction('weekday(google.protobuf.Timestamp, string): int', (now: Date, zone: string) =>
    BigInt(weekdayIn(zone, now.getTime())),
  );

/** @throws ConditionError when the expression is not CEL, asks for unknown things, or could be made slow */
export function compileCondition(expression: string): Condition {
  if (expression.length > MAX_CHARACTERS) {
    throw new ConditionError(`longer than ${MAX_CHARACTERS} characters; split the policy`, MAX_CHARACTERS);
  }
  const checked = environment.check(expression);
  if (!checked.valid) {
    throw new ConditionError(checked.error?.summary ?? 'not valid CEL', checked.error?.range?.start ?? 0);
  }
  if (checked.type !== 'bool') throw new ConditionError(`gives ${checked.type}, not true or false`, 0);
  const evaluate = environment.parse(expression);
  refuseSlow(evaluate.ast, false);
  const holds = (facts: Facts): boolean => {
    try {
      return evaluate(facts) === true;
    } catch (error) {
      throw evaluationError(error);
    }
  };
  return { holds, steady: isSteady(evaluate.ast) };
}

/** What conditions ask of most requests, and what is the same for most of them. */
export const STEADY_FIELDS = ['model', 'operation', 'stream'] as const satisfies (keyof RequestFacts)[];

function isSteady(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isSteady);
  if (!isNode(node)) return true;
  if (node.op === 'id') return node.args === 'principal' || node.args === 'tags';
  if (
    node.op === '.' &&
    isNode(node.args[0]) &&
    node.args[0].op === 'id' &&
    node.args[0].args === 'request'
  ) {
    return STEADY_FIELDS.some((field) => field === node.args[1]);
  }
  return isSteady(node.args);
}

function evaluationError(error: unknown): ConditionError {
  if (!(error instanceof EvaluationError)) return new ConditionError('it cannot be evaluated', 0);
  // Names only: a summary could quote what the caller sent.
  const missing = error.code === 'no_such_key' ? `${error.summary}; ask has() first` : error.code;
  return new ConditionError(missing, error.range?.start ?? 0);
}

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/**
 * Refuses what a caller could make slow: `matches` is a backtracking regular expression, a loop within a loop
 * is quadratic in what the caller sends, and the built-in accessors take 60 µs in a named time zone.
 */
function refuseSlow(node: unknown, insideLoop: boolean): void {
  if (Array.isArray(node)) {
    for (const item of node) refuseSlow(item, insideLoop);
    return;
  }
  if (!isNode(node)) return;
  let loops = insideLoop;
  if (node.op === 'rcall' || node.op === 'call') {
    const name = node.args[0];
    const given = node.op === 'rcall' ? node.args[2] : node.args[1];
    if (name === 'matches') {
      throw new ConditionError('matches() is refused; use startsWith, endsWith or contains', node.start);
    }
    if (node.op === 'rcall' && /^get[A-Z]/.test(name) && given.length > 0) {
      throw new ConditionError(
        `${name}() with a time zone is refused; use hour(now, zone) or weekday(now, zone)`,
        node.start,
      );
    }
    if (node.op === 'call' && (name === 'hour' || name === 'weekday')) checkZone(given[1]);
    if (node.op === 'rcall' && LOOPS.has(name)) {
      if (insideLoop) throw new ConditionError(`${name}() inside another loop is refused`, node.start);
      loops = true;
    }
  }
  refuseSlow(node.args, loops);
}

/** The zone must be written out, so that it is checked here and not when a request comes. */
function checkZone(zone: ASTNode | undefined): void {
  if (zone?.op !== 'value' || typeof zone.args !== 'string') {
    throw new ConditionError(
      'the time zone must be written as text, such as "Europe/Berlin"',
      zone?.start ?? 0,
    );
  }
  if (!isTimeZone(zone.args)) {
    throw new ConditionError(`"${zone.args}" is not an IANA time zone`, zone.start);
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
