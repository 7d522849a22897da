/**
 * Measures redaction with every recogniser on: `npx --no node -- test/bench/redaction.ts [FILE…]`. Without files it
 * reads the repository's own prose and code, and the recognisers' examples.
 */
import { globSync, readFileSync } from 'node:fs';
import { Detector } from '../../src/redaction/detector.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { type Judge, redactText, StreamRedactor } from '../../src/redaction/stream.ts';
import { pumped, pumpUnits } from '../support/pumped.ts';
import { fastestMs, pieces } from './processor.ts';

const PROMPT_CHARS = 4096;
const DELTA_CHARS = 4;
const UNITS = ['a', '1', '1 ', '1-', '+', '@', 'a@', ':', '(', '-', '_', 'sk-', 'eyJ', 'a1', '+1 '];

const detector = new Detector(RECOGNISERS);
const mask: Judge = { weigh: () => 0, replace: () => '<X>' };

function streamed(text: readonly string[], judge: Judge): void {
  const stream = new StreamRedactor(detector, judge);
  for (const piece of text) stream.push(piece);
  stream.end();
}

function heldChars(text: readonly string[]): number[] {
  const stream = new StreamRedactor(detector, mask);
  return text
    .map((piece) => {
      stream.push(piece);
      return stream.heldChars;
    })
    .sort((a, b) => a - b);
}

function measure(name: string, text: string): void {
  const prompts = pieces(text, PROMPT_CHARS);
  const deltas = pieces(text, DELTA_CHARS);
  const batchMs = fastestMs(10, () => {
    for (const prompt of prompts) redactText(detector, mask, prompt);
  });
  const streamMs = fastestMs(5, () => streamed(deltas, mask));
  const held = heldChars(deltas);
  const quantile = (share: number) => held[Math.floor(share * (held.length - 1))];
  console.table({
    [name]: {
      kB: Math.round(text.length / 1000),
      'batch MB/s': (text.length / 1000 / batchMs).toFixed(1),
      'stream MB/s': (text.length / 1000 / streamMs).toFixed(1),
      'held mean': (held.reduce((sum, each) => sum + each, 0) / held.length).toFixed(1),
      'held p99': quantile(0.99),
      'held max': quantile(1),
    },
  });
}

const read = (files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n');
const given = process.argv.slice(2);
if (given.length > 0) measure('files', read(given));
else {
  measure('prose', read(globSync('{*.md,docs/**/*.md}')).repeat(4));
  measure('code', read(globSync('src/**/*.ts')));
  const examples = RECOGNISERS.flatMap((each) => [...each.examples.found, ...each.examples.ignored]);
  measure('dense', `${examples.join('\n').replace(/[·‹›]/g, '')}\n`.repeat(20));
}

/** What one recogniser's own values, begun and repeated, cost all of them: the slowest. */
function slowestPumped(count: number): void {
  const batchMs = (unit: string, rounds: number) =>
    fastestMs(rounds, () => redactText(detector, mask, pumped(unit)));
  const units = [...new Set([...UNITS, ...RECOGNISERS.flatMap((each) => pumpUnits(each))])];
  const rows = units
    .map((unit) => ({ unit, ms: batchMs(unit, 1) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count * 4)
    .map(({ unit }) => ({ unit, ms: batchMs(unit, 3) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count);
  console.log(`64 kB of each of ${units.length} units; the slowest:`);
  console.table(
    rows.map(({ unit, ms }) => ({
      'pumped with': unit.length > 40 ? `${unit.slice(0, 40)}…` : unit,
      'batch ms': ms.toFixed(1),
      'stream ms': fastestMs(3, () => streamed(pieces(pumped(unit), DELTA_CHARS), mask)).toFixed(1),
    })),
  );
}

slowestPumped(20);
