import { z } from 'zod';
import type { Match } from '../match.ts';
import { type CustomEntity, compile, customEntity, type Flaw, merged } from './entity.ts';
import { CustomFinder } from './finder.ts';
import { type EntityRules, entityRules } from './rules.ts';

const MOST_ENTITIES = 100;

const checkedRules = entityRules.superRefine((rules, context) => {
  for (const { path, message } of flawsOf(rules))
    context.addIssue({ code: 'custom', path: [...path], message });
});

/** Kinds of values that operators declare, by name. */
export const customEntities = z
  .record(
    z
      .string()
      .regex(
        /^(?=.{2,32}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
        'use a-z, 0-9, _ between them; 2 to 32 characters',
      ),
    checkedRules,
  )
  .refine((entities) => Object.keys(entities).length <= MOST_ENTITIES, `at most ${MOST_ENTITIES} entities`);
export type EntitiesRules = z.output<typeof customEntities>;

/** The entities of several policies; one that is declared more than once has the forms of all its declarations. */
export function entitiesOf(sections: readonly (EntitiesRules | undefined)[]): CustomEntity[] {
  const byId = new Map<string, CustomEntity>();
  for (const [id, rules] of sections.flatMap((section) => Object.entries(section ?? {}))) {
    const entity = customEntity(id, rules);
    const before = byId.get(id);
    byId.set(id, before === undefined ? entity : merged(before, entity));
  }
  return [...byId.values()];
}

function flawsOf(rules: EntityRules): readonly Flaw[] {
  const { forms, flaws } = compile(rules);
  if (flaws.length > 0) return flaws;
  if (forms.some(({ score, context }) => score < 50 && context === undefined))
    return [{ path: ['score'], message: 'below 50 it needs words under context' }];
  const finder = new CustomFinder([{ forms }]);
  const { found, ignored } = rules.examples;
  return [
    ...found.flatMap((example, index) => flaw(['examples', 'found', index], missed(finder, example))),
    ...ignored.flatMap((example, index) => {
      const spans = spansIn(finder, example);
      return flaw(['examples', 'ignored', index], spans && `characters ${spans} of it are found`);
    }),
  ];
}

function flaw(path: Flaw['path'], message: string): Flaw[] {
  return message === '' ? [] : [{ path, message }];
}

/** What is wrong with an example of what must be found; values are not quoted. */
function missed(finder: CustomFinder, example: string): string {
  const wanted = markedIn(example);
  if (wanted === '') return 'does not say where the value is; write ‹› around it';
  const found = spansIn(finder, example.replace(/[‹›]/g, ''));
  if (found === wanted) return '';
  return `${found === '' ? 'nothing' : `characters ${found}`} found in it, not ${wanted} (without the marks)`;
}

/** The places of what stands between ‹›, counted from 1 without these marks: `5–14, 20–22`. */
function markedIn(example: string): string {
  let marks = 0;
  return Array.from(example.matchAll(/‹([^‹›]+)›/g), ({ index, 1: value = '' }) => {
    const start = index - marks;
    marks += 2;
    return span(start, start + value.length);
  }).join(', ');
}

/** The places of what is found; what overlaps is one. */
function spansIn(finder: CustomFinder, text: string): string {
  const matches: Match[] = [];
  finder.find(text, 0, text.length, matches);
  const spans: [start: number, end: number][] = [];
  for (const { start, end } of matches.sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else spans.push([start, end]);
  }
  return spans.map(([start, end]) => span(start, end)).join(', ');
}

function span(start: number, end: number): string {
  return `${start + 1}–${end}`;
}
