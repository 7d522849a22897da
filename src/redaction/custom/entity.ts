import { luhn, mod11And10, mod97, verhoeff } from '../checksums.ts';
import { MAX_PATTERN_CHARS } from '../detector.ts';
import { CERTAIN, digitsOf, type Entity, POSSIBLE } from '../recogniser.ts';
import { AFTER_CHARS, type ContextWords, contextTest, contextWords, looksAhead } from '../score.ts';
import { tailTest } from '../tails.ts';
import { Automaton } from './automaton.ts';
import type { CHECKS, EntityRules } from './rules.ts';
import { PatternError, parseClass } from './syntax.ts';

type Test = (value: string) => boolean;

const TESTS: Readonly<Record<(typeof CHECKS)[number], Test>> = {
  luhn: (value) => luhn(digitsOf(value)),
  verhoeff: (value) => verhoeff(digitsOf(value)),
  mod11_10: (value) => mod11And10(digitsOf(value)),
  mod97: (value) => mod97(value.replace(/[^A-Za-z0-9]/g, '')) === 1,
};

/** One way to write the value. */
export interface CustomForm {
  readonly automaton: Automaton;
  readonly score: number;
  readonly check: Test | undefined;
  /** Words that speak for it, and words that rule it out. */
  readonly context: ContextWords | undefined;
  readonly against: RegExp | undefined;
  /** How much of what follows a match matters. */
  readonly afterChars: number;
  readonly tail: RegExp | undefined;
}

/** A kind of value that policies declare. */
export interface CustomEntity extends Entity {
  /** Another one for each, so that who looks for the same ones can share a finder. */
  readonly serial: number;
  readonly forms: readonly CustomForm[];
}

/** What is wrong with the rules of an entity, and where. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Compiled {
  readonly forms: readonly CustomForm[];
  readonly flaws: readonly Flaw[];
}

const known = new WeakMap<EntityRules, Compiled>();

/** The forms of an entity, and what of its rules could not be compiled; once for the same rules. */
export function compile(rules: EntityRules): Compiled {
  const before = known.get(rules);
  if (before !== undefined) return before;
  const flaws: Flaw[] = [];
  const flags = rules.ignore_case ? 'iuy' : 'uy';
  const tail = attempt(flaws, ['tail'], () => rules.tail && tailTest(parseClass(rules.tail), flags));
  const score = rules.score ?? (rules.context === undefined ? CERTAIN : POSSIBLE);
  const hasWords = score < CERTAIN && rules.context !== undefined;
  const afterChars = hasWords || rules.against !== undefined || looksAhead(score) ? AFTER_CHARS : 0;
  const common = {
    score,
    check: rules.check && TESTS[rules.check],
    context: contextWords(rules.context),
    against: contextTest(rules.against),
    afterChars,
    tail: tail || undefined,
  };
  const forms = rules.patterns.flatMap((source, index) => {
    const build = (): Automaton => new Automaton(source, rules.ignore_case, MAX_PATTERN_CHARS - afterChars);
    const automaton = attempt(flaws, ['patterns', index], build);
    return automaton === undefined ? [] : [{ ...common, automaton }];
  });
  const made = { forms, flaws };
  known.set(rules, made);
  return made;
}

const made = new WeakMap<EntityRules, CustomEntity>();
let serials = 0;

/** The entity; the same one for the same rules. @param rules without flaws */
export function customEntity(id: string, rules: EntityRules): CustomEntity {
  const before = made.get(rules);
  if (before !== undefined) return before;
  const { called = `a value of the kind ${id}`, group, context } = rules;
  const entity: CustomEntity = {
    serial: serials++,
    id,
    called,
    group,
    forms: compile(rules).forms,
    ...(context === undefined ? {} : { context }),
    ...(rules.ignore_case ? { canonical: (value: string) => value.toUpperCase() } : {}),
  };
  made.set(rules, entity);
  return entity;
}

/** What two declarations of the same name describe. */
export function merged(first: CustomEntity, second: CustomEntity): CustomEntity {
  const group = second.group === 'secret' ? second.group : first.group;
  return { ...first, serial: serials++, group, forms: [...first.forms, ...second.forms] };
}

function attempt<T>(flaws: Flaw[], path: Flaw['path'], act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    flaws.push({ path, message: error.message });
    return undefined;
  }
}
