import fc from 'fast-check';
import t from 'tap';
import { anchorOf, type Trial } from './anchors.ts';
import { Candidates } from './candidates.ts';
import { parsePattern } from './pattern.ts';
import type { Form, Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';

function trialOf(form: Form): Trial {
  const pattern = parsePattern(form.pattern);
  return { regex: new RegExp(form.pattern, 'y'), pattern, dismiss: undefined, claims: [] };
}

const forms = RECOGNISERS.flatMap((each: Recogniser) => [...each.forms]);
const trials = forms.map(trialOf);
const placed = forms.flatMap((form, at) => anchorOf(trials[at] as Trial, form.anchor));
const candidates = new Candidates(placed);

/** By anchor, the trials that are named there. */
function namedIn(text: string): Map<number, Set<Trial>> {
  const named = new Map<number, Set<Trial>>();
  candidates.begin();
  for (
    let at = candidates.seek(text, 0, text.length);
    at < text.length;
    at = candidates.seek(text, at + 1, text.length)
  )
    named.set(at, new Set(candidates.triggers.map(({ trial }) => trial)));
  return named;
}

const examples = RECOGNISERS.flatMap(({ examples: { found, ignored } }) => [...found, ...ignored]).map(
  (text) => text.replace(/[·‹›]/g, ''),
);

/** The patterns that match around the first digit of a run and have not been named there. */
function missedIn(text: string): string[] {
  const named = namedIn(text);
  const missed: string[] = [];
  for (const [at, { anchor }] of forms.entries()) {
    if (anchor.kind !== 'digits') continue;
    const trial = trials[at] as Trial;
    for (const { index } of text.matchAll(/(?<!\d)\d/g)) {
      trial.regex.lastIndex = index - anchor.back;
      if (index < anchor.back || !trial.regex.test(text)) continue;
      if (named.get(index)?.has(trial) !== true)
        missed.push(`${trial.pattern.source} at ${index} of ${text}`);
    }
  }
  return missed;
}

/** The patterns that match from a text that they start with, and have not been named anywhere in it. */
function missedTextsIn(text: string): string[] {
  const named = namedIn(text);
  const missed: string[] = [];
  for (const [at, { anchor }] of forms.entries()) {
    if (anchor.kind !== 'text') continue;
    const trial = trials[at] as Trial;
    for (const [from, literal] of placesOf(anchor.texts, anchor.ignoreCase ? text.toLowerCase() : text)) {
      trial.regex.lastIndex = from;
      const within = Array.from(literal, (_, index) => from + index);
      if (trial.regex.test(text) && !within.some((place) => named.get(place)?.has(trial) === true))
        missed.push(`${trial.pattern.source} at ${from} of ${text}`);
    }
  }
  return missed;
}

function placesOf(literals: readonly string[], text: string): [number, string][] {
  const places: [number, string][] = [];
  for (const literal of literals)
    for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1))
      places.push([at, literal]);
  return places;
}

t.test('no pattern that starts with a text goes unnamed where it matches', (t) => {
  t.same(examples.flatMap(missedTextsIn), []);
  t.end();
});

t.test('no pattern that matches at an anchor goes unnamed', (t) => {
  t.same(examples.flatMap(missedIn), []);
  const piece = fc.oneof(fc.constantFrom(...examples), fc.stringMatching(/^[0-9 A-Za-z./:+-]{0,12}$/));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => missedIn(pieces.join('')).length === 0),
    { numRuns: 300 },
  );
  t.end();
});

t.test('what is named does not depend on the texts that were read before', (t) => {
  const fresh = new Candidates(placed);
  const names = (one: Candidates, text: string): string => {
    const lines: string[] = [];
    one.begin();
    for (let at = one.seek(text, 0, text.length); at < text.length; at = one.seek(text, at + 1, text.length))
      lines.push(
        `${at} ${one.triggers.map((each) => placed.findIndex(({ trigger }) => trigger === each)).join()}`,
      );
    return lines.join('\n');
  };
  const some = examples.slice(0, 200);
  t.same(
    some.map((text) => names(fresh, text)),
    some.map((text) => names(candidates, text)),
  );
  t.end();
});
