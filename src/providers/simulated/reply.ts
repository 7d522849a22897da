/** What the simulator says, before a dialect gives it form. */
import type { UpstreamRequest } from '../provider.ts';
import { instanceOf } from './instance.ts';
import { hashOf, randomFrom } from './random.ts';
import { readWish, type Tool, type Wish } from './request.ts';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export interface Choice {
  /** The text in the pieces in which it streams; a piece counts as one token. */
  readonly tokens: readonly string[];
  readonly call: ToolCall | undefined;
  readonly finish: 'stop' | 'length' | 'tool_calls';
}

export interface Reply {
  /** Sixteen hex digits, the same for the same request. */
  readonly id: string;
  readonly model: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly choices: readonly [Choice, ...Choice[]];
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ReplyOptions {
  readonly seed: number;
  readonly output_tokens: number;
  readonly clock: { now(): number };
}

const UNITS_PER_TOKEN = 4;
/** Of long texts only so much is hashed: the simulator stands in load tests. */
const HASHED_UNITS = 2048;
const MAX_CHOICES = 128;

const WORDS = (
  'the sluice opens and water runs along its channel past every gate until the basin is full then a keeper ' +
  'reads the level writes it down and lets exactly as much flow on as the fields below have asked for'
).split(' ');

export function replyTo(request: UpstreamRequest, echo: boolean, options: ReplyOptions): Reply {
  const wish = readWish(request.body);
  const hash = hashOf(wish.lastText.slice(0, HASHED_UNITS), options.seed ^ wish.length);
  const id = hash.toString(16).padStart(8, '0') + hashOf(request.model, hash).toString(16).padStart(8, '0');
  const first = choice(wish, echo, id, hash, options);
  const others = Array.from({ length: Math.min(wish.choices, MAX_CHOICES) - 1 }, (_, index) =>
    choice(wish, echo, `${id}${index + 1}`, hash + index + 1, options),
  );
  const choices = [first, ...others] as const;
  return {
    id,
    model: request.model,
    createdAt: Math.floor(options.clock.now() / 1000),
    choices,
    inputTokens: tokensOf(wish.length),
    outputTokens: choices.reduce((sum, one) => sum + lengthInTokens(one), 0),
  };
}

export function tokensOf(units: number): number {
  return Math.max(1, Math.ceil(units / UNITS_PER_TOKEN));
}

function lengthInTokens({ tokens, call }: Choice): number {
  return tokens.length + (call === undefined ? 0 : tokensOf(call.arguments.length + call.name.length));
}

function choice(wish: Wish, echo: boolean, id: string, hash: number, options: ReplyOptions): Choice {
  const tool = toolToCall(wish);
  if (tool !== undefined) {
    const call = { id, name: tool.name, arguments: JSON.stringify(instanceOf(tool.schema)) };
    return { tokens: [], call, finish: 'tool_calls' };
  }
  const tokens = textTokens(wish, echo, hash, options.output_tokens);
  if (tokens.length <= wish.capTokens) return { tokens, call: undefined, finish: 'stop' };
  return { tokens: tokens.slice(0, wish.capTokens), call: undefined, finish: 'length' };
}

/** Forced by `tool_choice`, or named by the user: "call get_weather". */
function toolToCall({ tools, forced, lastText }: Wish): Tool | undefined {
  if (forced === '*') return tools[0];
  if (forced !== undefined) return tools.find(({ name }) => name === forced);
  const named = tools.length > 0 ? /\bcall ([\w.-]+)/i.exec(lastText)?.[1] : undefined;
  return tools.find(({ name }) => name === named);
}

function textTokens(wish: Wish, echo: boolean, hash: number, length: number): string[] {
  if (wish.schema !== undefined) return pieces(JSON.stringify(instanceOf(wish.schema)));
  if (echo) return wish.lastText.match(/\s*\S+|\s+$/g) ?? [];
  const random = randomFrom(hash);
  const tokens: string[] = [];
  for (let index = 0; index < length; index++) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
    tokens.push(index === 0 ? word : ` ${word}`);
  }
  return tokens;
}

/** Cut as a tokenizer would: not at any meaningful place, but never inside a character. */
export function pieces(text: string): string[] {
  return text.match(/.{1,8}/gsu) ?? [];
}
