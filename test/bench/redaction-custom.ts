/**
 * Measures what entities of operators cost: `npx --no node test/bench/redaction-custom.ts`. Ten of them by themselves and
 * beside all recognisers, on the repository's own prose and code; then nasty patterns, each on 64 kB of what it likes best.
 */
import { globSync, readFileSync } from 'node:fs';
import { entitiesOf } from '../../src/redaction/custom/entities.ts';
import { Both, CustomFinder } from '../../src/redaction/custom/finder.ts';
import { entityRules } from '../../src/redaction/custom/rules.ts';
import { Detector } from '../../src/redaction/detector.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { type Finder, type Judge, redactText, StreamRedactor } from '../../src/redaction/stream.ts';

const PROMPT_CHARS = 4096;
const DELTA_CHARS = 4;
const PUMPED_CHARS = 65_536;

const PATTERNS = [
  '\\bBDG-\\d{6}\\b',
  '\\b[A-Z]{2}\\d{6}[A-Z]\\b',
  '\\bACME/[0-9]{4}/[A-Z]{3}\\b',
  '\\b(?:PRJ|TKT|CASE)-\\d{4,8}\\b',
  '\\bcust_[a-z0-9]{12,20}\\b',
  '\\b\\d{3}\\.\\d{4}\\.\\d{3}\\b',
  '\\bV[0-9A-F]{8}\\b',
  '\\bproject [A-Z][a-z]{2,12}\\b',
  '\\b\\d{8}[A-Z]{2}\\b',
  '\\bsrv-[a-z]{2,6}-\\d{2,3}\\.corp\\b',
];
const NASTY = [
  ['(?:a{1,10}){1,10}b', 'a'],
  ['(?:a?){60}a{60}b', 'a'],
  ['(?:a|a|a){1,120}b', 'a'],
  ['.{0,60}x', 'a'],
  ['\\d{1,128}', '1'],
  ['(?:\\w{1,30}\\.){1,4}x', 'a.'],
] as const;

const mask: Judge = { weigh: () => 0, replace: () => '<X>' };

function finderOf(patterns: readonly string[]): Finder {
  const examples = { found: ['‹x›'] };
  const rules = patterns.map((pattern, at) => [
    `e${at}`,
    entityRules.parse({ patterns: [pattern], examples }),
  ]);
  return new CustomFinder(entitiesOf([Object.fromEntries(rules)]));
}

/** Processor time: others may share the machine. */
function fastestMs(rounds: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function pieces(text: string, size: number): string[] {
  const views: readonly string[] = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return views.map((view) => JSON.parse(JSON.stringify(view)) as string);
}

function batchMs(finder: Finder, texts: readonly string[]): number {
  return fastestMs(8, () => {
    for (const text of texts) redactText(finder, mask, text);
  });
}

function streamMs(finder: Finder, deltas: readonly string[]): number {
  return fastestMs(3, () => {
    const stream = new StreamRedactor(finder, mask);
    for (const delta of deltas) stream.push(delta);
    stream.end();
  });
}

const ten = finderOf(PATTERNS);
const all = new Detector(RECOGNISERS);
const both = new Both(all, ten);
const corpora = { prose: '{*.md,docs/**/*.md}', code: 'src/**/*.ts' };
for (const [name, files] of Object.entries(corpora)) {
  const text = globSync(files)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const [prompts, deltas] = [pieces(text, PROMPT_CHARS), pieces(text, DELTA_CHARS)];
  const rate = (ms: number) => (text.length / 1000 / ms).toFixed(1);
  console.table(
    Object.entries({ 'ten entities': ten, 'all recognisers': all, both }).map(([what, finder]) => ({
      [name]: what,
      'batch MB/s': rate(batchMs(finder, prompts)),
      'stream MB/s': rate(streamMs(finder, deltas)),
    })),
  );
}
console.table(
  NASTY.map(([pattern, unit]) => {
    const text = unit.repeat(PUMPED_CHARS / unit.length);
    const finder = finderOf([pattern]);
    return {
      pattern,
      'batch ms': batchMs(finder, [text]).toFixed(1),
      'stream ms': streamMs(finder, pieces(text, DELTA_CHARS)).toFixed(1),
    };
  }),
);
