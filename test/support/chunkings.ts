/**
 * Random texts, dense with values and near-values, cut at random: what comes out of a stream must be what the
 * whole text gives. One number seeds everything, so that a difference can be had again.
 */
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { SseSplitter } from '../../src/dialects/framing/sse.ts';
import { openAiChat } from '../../src/dialects/index.ts';
import type { EventTransform } from '../../src/gateway/stage.ts';
import { Both, CustomFinder } from '../../src/redaction/custom/finder.ts';
import { Detector } from '../../src/redaction/detector.ts';
import { JsonText } from '../../src/redaction/json-text.ts';
import { PseudonymKeys } from '../../src/redaction/keys.ts';
import { Pseudonyms } from '../../src/redaction/pseudonyms.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { Redaction } from '../../src/redaction/redaction.ts';
import { compilePlan } from '../../src/redaction/rule.ts';
import { prepare } from '../../src/redaction/ruling.ts';
import {
  type Finder,
  type Judge,
  redactText,
  StreamRedactor,
  type TextStream,
} from '../../src/redaction/stream.ts';
import { DECLARED, DECLARED_PIECES } from './declared-entities.ts';

const detector = new Detector(RECOGNISERS);
const declared = new CustomFinder(DECLARED);
const both = new Both(detector, declared);
const judge: Judge = {
  weigh: (rank) => Math.abs(rank) % 3,
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
  '\u200b'.repeat(9),
  '4111 ',
  'bob@',
  'ssn ',
];
const CONFUSABLES: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  i: 'і',
  o: 'о',
  p: 'р',
  x: 'х',
};

/** One character of ASCII, written so that a person or a program still reads it. */
const DISGUISES: readonly ((char: string, code: number) => string)[] = [
  (_, code) => (code > 32 ? String.fromCharCode(code + 0xfee0) : '\u00a0'),
  (char) => `${char}\u200b`,
  (_, code) => `%${code.toString(16)}`,
  (_, code) => `&#${code};`,
  (_, code) => `&#x${code.toString(16)};`,
  (char) => CONFUSABLES[char] ?? char,
  (char, code) => (code >= 48 && code <= 57 ? String.fromCharCode(code - 48 + 0x660) : char),
  (char, code) => (code >= 48 && code <= 57 ? `${char} ` : char),
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
  for (let parts = 1 + below(5); parts > 0; parts--) {
    const kind = below(24);
    const example = oneOf(EXAMPLES, below);
    if (kind < 9) text += example;
    else if (kind < 13) text += example.slice(below(example.length), example.length - below(example.length));
    else if (kind < 16) text += disguised(example.slice(0, 60), below);
    else if (kind < 23) text += oneOf(GLUE, below);
    else text += oneOf(RUNS, below);
  }
  return text;
}

/** All of it one way, or some of its characters each in its own. */
function disguised(text: string, below: Below): string {
  const one = oneOf(DISGUISES, below);
  const mixed = below(2) === 0;
  let out = '';
  for (const char of text) {
    const code = char.charCodeAt(0);
    if (code < 32 || code > 126) out += char;
    else if (!mixed) out += one(char, code);
    else out += below(3) > 0 ? char : oneOf(DISGUISES, below)(char, code);
  }
  return out;
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

/** A text, what it gives in one piece, and what it gives however it is cut. */
interface Sample {
  readonly whole: string;
  readonly cut: () => string;
}

/** How often each sample is cut. */
const CUTS = 25;

function inCharacters(below: Below): Sample {
  const text = textOf(below);
  return {
    whole: redactText(detector, judge, text),
    cut: () => through(new StreamRedactor(detector, judge), cut(text, below)),
  };
}

/** What values are called where they stand in data: it speaks for them, or they are known by it alone. */
const NAMES = (
  'password apiKey client_secret ssn email phone date_of_birth first_name name address city passport_number ' +
  'iban account_number badge id order_id age salary tax_id user'
).split(' ');

function inJson(below: Below): Sample {
  return jsonOf(detector, textOf, below);
}

function jsonOf(finder: Finder, make: (below: Below) => string, below: Below): Sample {
  const data: JsonObject = { [make(below)]: [below(1e9), { [oneOf(NAMES, below)]: make(below) }] };
  data[oneOf(NAMES, below)] = [make(below), below(1e9)];
  const text = json(data, below);
  const open = () => new JsonText(new StreamRedactor(finder, judge));
  return { whole: open().end(text), cut: () => through(open(), cut(text, below)) };
}

/** Entities that operators declare, by themselves and beside all others; in a text and in JSON. */
function declaredOnes(below: Below): Sample {
  const finder = oneOf([declared, both], below);
  if (below(3) === 0) return jsonOf(finder, declaredText, below);
  const text = declaredText(below);
  return {
    whole: redactText(finder, judge, text),
    cut: () => through(new StreamRedactor(finder, judge), cut(text, below)),
  };
}

function declaredText(below: Below): string {
  let text = '';
  for (let parts = 1 + below(9); parts > 0; parts--)
    text += below(8) === 0 ? textOf(below) : oneOf(DECLARED_PIECES, below);
  return text;
}

/** JSON in whose strings any character may be escaped. */
function json(value: unknown, below: Below): string {
  if (typeof value === 'string') return jsonString(value, below);
  if (Array.isArray(value)) return `[${value.map((each) => json(each, below)).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${jsonString(name, below)}:${json(each, below)}`,
  );
  return `{${members.join()}}`;
}

function jsonString(text: string, below: Below): string {
  let out = '"';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const pair = /^[\ud800-\udbff][\udc00-\udfff]/.exec(text.slice(at, at + 2))?.[0];
    if (pair !== undefined && below(2) === 0) {
      out += pair;
      at++;
    } else if (below(12) === 0 || code < 32 || isSurrogate(code))
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    else if (code === 34 || code === 92) out += `\\${text.charAt(at)}`;
    else out += text.charAt(at);
  }
  return `${out}"`;
}

/** Half a pair cannot be written in UTF-8. */
function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

const keys = new PseudonymKeys(new Uint8Array(32));
const rulings = prepare(compilePlan([{ request: { pii: 'pseudonymise' }, answer: { '*': 'mask' } }]));

/** A chat stream as bytes, cut anywhere: inside characters, escapes, lines and frames. */
function inBytes(below: Below): Sample {
  const text = textOf(below);
  const redaction = new Redaction(rulings, openAiChat, keys.of('org'), '');
  redaction.request({ model: 'm', messages: [{ role: 'user', content: 'I am bob@example.com' }] });
  const body: JsonObject = { choices: [{ index: 0, message: { role: 'assistant', content: text } }] };
  transformOf(redaction).whole(body);
  return {
    whole: contentIn(body),
    cut: () => answered(transformOf(redaction), framesOf(text, below), below),
  };
}

function transformOf(redaction: Redaction): EventTransform {
  const made = redaction.transform();
  if (made === undefined) throw new Error('an answer that is masked has a transform');
  return made;
}

function framesOf(text: string, below: Below): Buffer {
  const lines = oneOf(['\n\n', '\r\n\r\n'], below);
  let frames = '';
  for (const content of cut(text, below))
    frames += `data: {"choices":[{"index":0,"delta":{"content":${jsonString(content, below)}},"finish_reason":null}]}${lines}`;
  return Buffer.from(`${frames}data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}${lines}`);
}

function answered(transform: EventTransform, bytes: Buffer, below: Below): string {
  const splitter = new SseSplitter(1 << 20);
  let out = '';
  const largest = oneOf([7, 60, 500], below);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(largest);
    for (const { data } of splitter.push(bytes.subarray(at, at + size)))
      for (const event of transform.event(JSON.parse(data ?? '{}'))) out += contentIn(event);
    at += size;
  }
  return out;
}

function contentIn({ choices }: JsonObject): string {
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  if (!isJsonObject(choice)) return '';
  const holder = choice.delta ?? choice.message;
  return isJsonObject(holder) && typeof holder.content === 'string' ? holder.content : '';
}

/** What models make of a pseudonym. */
const SPELLINGS: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => token.slice(1, -1),
  (token) => token.replaceAll('_', '\\_'),
  (token) => `&lt;${token.slice(1, -1)}&gt;`,
  (token) => `%3C${token.slice(1, -1)}%3e`,
];

/** A value goes out as its pseudonym, and what comes back is the value. */
function roundTrip(below: Below): Sample {
  const pseudonyms = new Pseudonyms(keys.of('org'), () => 'c');
  const values = Array.from({ length: 1 + below(4) }, (_, n) => `${n} ${oneOf(EXAMPLES, below)}`);
  const tokens = values.map((value) => pseudonyms.of(oneOf(RECOGNISERS, below).id, value, value));
  const order = Array.from({ length: 1 + below(6) }, () => below(values.length));
  const glue = oneOf([' ', ', ', '', '\n', '*', '"', '/', 'é'], below);
  const spelled = (token = ''): string => (glue === '' ? token : oneOf(SPELLINGS, below)(token));
  const sent = order.map((n) => spelled(tokens[n])).join(glue);
  const wanted = order.map((n) => values[n]).join(glue);
  if (below(2) === 0) return { whole: wanted, cut: () => through(pseudonyms.restorer(), cut(sent, below)) };
  const text = json({ [sent]: [sent] }, below);
  return {
    whole: JSON.stringify({ [wanted]: [wanted] }),
    cut: () => JSON.stringify(JSON.parse(through(new JsonText(pseudonyms.restorer()), cut(text, below)))),
  };
}

const WAYS = { inCharacters, inBytes, inJson, declaredOnes, roundTrip } as const;
export type Way = keyof typeof WAYS;

export interface Difference {
  readonly way: Way;
  readonly seed: number;
  readonly streamed: string;
  readonly whole: string;
}

/** Tries `count` chunkings one way, CUTS of each sample, from this seed on; the first that makes a difference. */
export function firstDifference(way: Way, seed: number, count: number): Difference | undefined {
  for (let done = 0; done < count; done += CUTS) {
    const number = seed + done / CUTS;
    const { whole, cut } = WAYS[way](randomFrom(number));
    for (let times = Math.min(CUTS, count - done); times > 0; times--) {
      const streamed = cut();
      if (streamed !== whole) return { way, seed: number, streamed, whole };
    }
  }
  return undefined;
}
