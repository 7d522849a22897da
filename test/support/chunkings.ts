/**
 * Random texts, dense with values and near-values, cut at random: what comes out of a stream must be what the
 * whole text gives. One number seeds everything, so that a difference can be had again.
 */
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { SseSplitter } from '../../src/dialects/framing/sse.ts';
import { openAiChat } from '../../src/dialects/index.ts';
import type { EventTransform } from '../../src/gateway/stage.ts';
import { Detector } from '../../src/redaction/detector.ts';
import { JsonText } from '../../src/redaction/json-text.ts';
import { PseudonymKeys } from '../../src/redaction/keys.ts';
import { Pseudonyms } from '../../src/redaction/pseudonyms.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { Redaction } from '../../src/redaction/redaction.ts';
import { compilePlan } from '../../src/redaction/rule.ts';
import { prepare } from '../../src/redaction/ruling.ts';
import { type Judge, redactText, StreamRedactor, type TextStream } from '../../src/redaction/stream.ts';

const detector = new Detector(RECOGNISERS);
const judge: Judge = {
  weigh: (rank) => rank % 3,
  replace: (rank, weight, value) => `⟦${rank}/${weight}/${value ?? 'long'}⟧`,
};
const EXAMPLES = RECOGNISERS.flatMap(({ examples }) => [...examples.found, ...examples.ignored]).map((text) =>
  text.replace(/[·‹›]/g, ''),
);
const GLUE = [
  '',
  ' ',
  '-',
  '.',
  ', ',
  '\n',
  '+',
  '@',
  '1',
  'a',
  '_',
  '"',
  ': ',
  '(',
  '\\',
  '%',
  '&',
  '😀',
  'é',
  '/',
];
const RUNS = [
  'x'.repeat(70),
  'x.'.repeat(40),
  '0123456789'.repeat(9),
  '1 '.repeat(30),
  '4111 ',
  'bob@',
  'ssn ',
];

/** Mulberry32: small, fast, the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Below = (below: number) => number;

function oneOf<T>(from: readonly T[], below: Below): T {
  return from[below(from.length)] as T;
}

function textOf(below: Below): string {
  let text = '';
  for (let parts = 1 + below(8); parts > 0; parts--) {
    const kind = below(10);
    const example = oneOf(EXAMPLES, below);
    if (kind < 4) text += example;
    else if (kind < 6) text += example.slice(below(example.length), example.length - below(example.length));
    else if (kind < 9) text += oneOf(GLUE, below);
    else text += oneOf(RUNS, below);
  }
  return text;
}

function cut(text: string, below: Below): string[] {
  const largest = oneOf([1, 2, 4, 9, 40], below);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const size = 1 + below(largest);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

function through(stream: TextStream, pieces: readonly string[]): string {
  let out = '';
  for (const piece of pieces) out += stream.push(piece);
  return out + stream.end();
}

/** JSON in whose strings any character may be escaped. */
function json(value: unknown, below: Below): string {
  const maybeEscaped = (char: string) =>
    char.startsWith('\\') || below(12) > 0 ? char : char.split('').map(escaped).join('');
  return JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/gu, (string) =>
    string.replace(/\\(?:u.{4}|.)|[^"\\]/gu, maybeEscaped),
  );
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function inCharacters(below: Below): readonly [string, string] {
  const text = textOf(below);
  return [through(new StreamRedactor(detector, judge), cut(text, below)), redactText(detector, judge, text)];
}

function inJson(below: Below): readonly [string, string] {
  const text = json({ [textOf(below)]: [textOf(below), below(1e9)], b: textOf(below) }, below);
  const open = () => new JsonText(new StreamRedactor(detector, judge));
  return [through(open(), cut(text, below)), open().end(text)];
}

const keys = new PseudonymKeys(new Uint8Array(32));
const rulings = prepare(compilePlan([{ request: { pii: 'pseudonymise' }, answer: { '*': 'mask' } }]));

function transform(): EventTransform {
  const redaction = new Redaction(rulings, openAiChat, keys.of('org'), '');
  redaction.request({ model: 'm', messages: [{ role: 'user', content: 'I am bob@example.com' }] });
  const made = redaction.transform();
  if (made === undefined) throw new Error('an answer that is masked has a transform');
  return made;
}

/** A chat stream as bytes, cut anywhere: inside characters, escapes, lines and frames. */
function inBytes(below: Below): readonly [string, string] {
  const text = textOf(below);
  const chunk = (choice: JsonObject) => `data: ${json({ choices: [{ index: 0, ...choice }] }, below)}\n\n`;
  const frames = cut(text, below).map((content) => chunk({ delta: { content }, finish_reason: null }));
  const bytes = Buffer.from(`${frames.join('')}${chunk({ delta: {}, finish_reason: 'stop' })}`);
  const splitter = new SseSplitter(1 << 20);
  const streamed = transform();
  let out = '';
  const largest = oneOf([1, 7, 60, 500], below);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(largest);
    for (const { data } of splitter.push(bytes.subarray(at, at + size)))
      for (const event of streamed.event(JSON.parse(data ?? '{}'))) out += contentIn(event);
    at += size;
  }
  const body: JsonObject = { choices: [{ index: 0, message: { role: 'assistant', content: text } }] };
  transform().whole(body);
  return [out, contentIn(body)];
}

function contentIn({ choices }: JsonObject): string {
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(choice)) return '';
  const holder = choice.delta ?? choice.message;
  return isJsonObject(holder) && typeof holder.content === 'string' ? holder.content : '';
}

/** A value goes out as its pseudonym, and what comes back is the value. */
function roundTrip(below: Below): readonly [string, string] {
  const pseudonyms = new Pseudonyms(keys.of('org'), () => 'c');
  const values = Array.from({ length: 1 + below(4) }, (_, n) => `${n} ${oneOf(EXAMPLES, below)}`);
  const tokens = values.map((value) => pseudonyms.of(oneOf(RECOGNISERS, below).id, value, value));
  const order = Array.from({ length: 1 + below(6) }, () => below(values.length));
  const glue = oneOf([' ', ', ', '', '\n', '*', '"', '/', 'é'], below);
  const sent = order.map((n) => tokens[n]).join(glue);
  const wanted = order.map((n) => values[n]).join(glue);
  if (below(2) === 0) return [through(pseudonyms.restorer(), cut(sent, below)), wanted];
  const restored = through(new JsonText(pseudonyms.restorer()), cut(json({ [sent]: [sent] }, below), below));
  return [JSON.stringify(JSON.parse(restored)), JSON.stringify({ [wanted]: [wanted] })];
}

const WAYS = { inCharacters, inBytes, inJson, roundTrip } as const;
export type Way = keyof typeof WAYS;

export interface Difference {
  readonly way: Way;
  readonly seed: number;
  readonly streamed: string;
  readonly whole: string;
}

/** Tries `count` chunkings one way, from this seed on; the first that makes a difference, if one does. */
export function firstDifference(way: Way, seed: number, count: number): Difference | undefined {
  for (let n = seed; n < seed + count; n++) {
    const [streamed, whole] = WAYS[way](randomFrom(n));
    if (streamed !== whole) return { way, seed: n, streamed, whole };
  }
  return undefined;
}
