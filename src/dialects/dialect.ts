import type { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { Mender, MendFacts } from './forms/mender.ts';
import type { ProviderError } from './provider-error.ts';

/**
 * What a request asks for and how it is written; an endpoint has exactly one, a provider serves some. From
 * `gemini` on they are a provider's own formats: that is generateContent, `converse` Bedrock's.
 */
export const OPERATIONS = [
  'chat',
  'completions',
  'embeddings',
  'responses',
  'moderations',
  'messages',
  'count_tokens',
  'models',
  'gemini',
  'converse',
  'gemini_embeddings',
  'gemini_embed',
  'gemini_count_tokens',
  'converse_count_tokens',
  'responses_count_tokens',
  'titan_embeddings',
  'cohere_embeddings',
  'cohere_chat',
  'ollama_chat',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Operations whose answers are written token by token, so that a cap on output tokens means something. */
export const WRITES_OUTPUT: ReadonlySet<Operation> = new Set([
  'chat',
  'completions',
  'responses',
  'messages',
  'gemini',
  'converse',
  'cohere_chat',
  'ollama_chat',
]);

/** Operations that only count, which is free with every vendor. */
export const COUNTS_TOKENS: ReadonlySet<Operation> = new Set(['count_tokens', 'gemini_count_tokens']);

/** Operations whose answers report no usage because nobody bills them. */
export const UNMETERED: ReadonlySet<Operation> = new Set([...COUNTS_TOKENS, 'moderations', 'models']);

/** What the gateway needs to know of a body, whatever its dialect. */
export interface Described {
  /** '' only where the body names a stored prompt and leaves the model to it. */
  readonly model: string;
  readonly stream: boolean;
  /** The client's cap on output tokens of one choice, where it set one. */
  readonly outputCapTokens: number | undefined;
  /** Answers asked for (`n`, for each prompt of a list), 1 where the dialect has no such thing. */
  readonly choices: number;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** The end user that the application names. */
  readonly user: string | undefined;
  /** Where the body has it elsewhere than under `temperature`. */
  readonly temperature?: number | undefined;
}

/** Text inside a JSON tree, or a number in data of the application: read it as `text`, replace it with `holder[key] = …`. */
export interface TextPiece {
  readonly holder: object;
  readonly key: string | number;
  readonly text: string;
  /** Where it stands, for error messages: `messages[2].content[0].text`. */
  readonly path: string;
  readonly origin: 'system' | 'user' | 'assistant' | 'tool' | 'metadata';
  /** The text is itself JSON (tool-call arguments): its strings, names of members included, are prose. */
  readonly json: boolean;
  /** The name under which the application has the text in its data (tool input, metadata), which tells what it is; else ''. */
  readonly under: string;
  /** The text is not the value of the member `key`, but its name, in data of the application (tool input). */
  readonly name: boolean;
}

/** An image, a recording or a document in a request. */
export interface FilePiece {
  readonly holder: object;
  readonly key: string | number;
  /** A `data:` URL, base64, or what refers to the file: a URL or an id. */
  readonly value: string;
  readonly path: string;
}

/** Text inside one streamed event. Pieces of one channel, concatenated over the stream, are one text. */
export interface StreamPiece extends TextPiece {
  /** Stable over the stream: `0/content`, `0/tool/1/arguments`, `block/2/text`. */
  readonly channel: string;
  /** Repeats text that was streamed before (`response.completed`): judged whole, on its own. */
  readonly aggregate: boolean;
}

/**
 * One wire format. Pure: bytes and JSON in, values out; a body stays the client's own JSON, and fields that
 * nobody here knows ride along unharmed.
 */
export interface Dialect {
  readonly id: string;
  /** @throws Fault `invalid_request` naming the field when the body cannot be one of this dialect. */
  describe(body: JsonObject): Described;
  /**
   * Every piece of text that a person or a tool wrote, system prompts, tool arguments and results included.
   *
   * @param files given, the files that are met on the way are added to it
   */
  texts(body: JsonObject, files?: FilePiece[]): TextPiece[];
  /** The same of a whole (not streamed) answer. */
  answerTexts(body: JsonObject): TextPiece[];
  /** Usage of a whole answer; undefined where it reports none. */
  answerUsage(body: JsonObject): Usage | undefined;
  /** `stop`, `length`, `tool_calls`, … of a whole answer, in the dialect's own words. */
  answerFinish(body: JsonObject): string | undefined;
  /** Puts the cap on output tokens into the body, in the field this model family wants. */
  /**
   * The id by which a provider that keeps its answers knows this one: of a whole answer, or of an event of its
   * stream that names it. Absent where nothing is kept.
   */
  readonly responseId?: (json: JsonObject) => string | undefined;
  setOutputCap(body: JsonObject, tokens: number): void;
  setModel(body: JsonObject, model: string): void;
  /** Removes from a body or event what repeats raw tokens beside the text (logprobs); for redaction. */
  dropTokenEchoes(json: JsonObject): void;
  /** The error body of a non-streamed refusal. */
  faultBody(fault: Fault, requestId: string): JsonObject;
  /**
   * What a provider's error body says, tolerant of every shape; undefined when it cannot be read.
   * @param status the provider's HTTP status
   */
  providerError(status: number, body: string | JsonObject): ProviderError | undefined;
  /** Makes the answers of a provider what this dialect says they are; undefined where they pass as they come. */
  readonly mender?: ((facts: MendFacts) => Mender) | undefined;
  readonly stream: StreamDialect;
}

/** The streaming side of a dialect. An event is the parsed `data:` of one SSE frame. */
export interface StreamDialect {
  /**
   * Cheap test on the raw text of one frame's data: can it hold usage, an end, an error or anything else that
   * must be looked at? False only where the frame is certainly nothing but a delta. Searches for substrings
   * only, so that it may be asked of many frames at once (`SseSplitter.passes`).
   */
  interesting(data: string): boolean;
  /** Usage after this event: cumulative, later reports complete earlier ones. */
  usage(event: JsonObject, before: Usage | undefined): Usage | undefined;
  finish(event: JsonObject): string | undefined;
  /**
   * The choices that this event completes (a finish reason, `message_stop`, `response.completed`): their numbers,
   * 0 where the dialect knows no choices. A stream is complete when `Described.choices` of them are; one may be
   * named more than once.
   */
  completes(event: JsonObject): readonly number[];
  /** An error sent inside a 200 stream. */
  error(event: JsonObject): string | undefined;
  /** Pieces of text in this event. @throws Fault `answer_blocked` for an event type nobody here knows. */
  pieces(event: JsonObject): StreamPiece[];
  /**
   * Channels that are complete when this event arrives: what is held back for them goes out before it. A name
   * that ends in `/` stands for every channel that begins with it (`0/`: all of choice 0).
   */
  closes(event: JsonObject): readonly string[] | 'all';
  /** An event like `like` that carries this text on this channel and nothing else. */
  carrier(channel: string, text: string, like: JsonObject): JsonObject;
  /** Asks the provider to report usage at the end. True when the client had not asked for it itself. */
  requestUsage(body: JsonObject): boolean;
  /** The chunk that exists only to report usage: not forwarded where the client did not ask for it. */
  usageOnly(event: JsonObject): boolean;
  /**
   * Writes the cost as `cost_usd` (a string: decimal dollars, exact) into the usage that the event reports.
   * @returns false where the event has no place for it, and stays as it was
   */
  setCost(event: JsonObject, costUsd: string): boolean;
  /** The SSE frame of an event, blank line included. */
  frame(event: JsonObject): string;
  /**
   * Follows one stream, so that the gateway can end it where its budget ends. Absent: it ends with `faultFrames`.
   */
  readonly cutter?: () => StreamCutter;
  /** The frames that end a stream with an error; never a clean end. */
  faultFrames(fault: Fault, requestId: string): string;
  /** The end marker after the last event, where the dialect has one: `data: [DONE]\n\n`, else ''. */
  readonly terminator: string;
}

/** What must be known of one stream to end it early and properly. */
export interface StreamCutter {
  /** Must `see` look at this frame? By substrings only, as `StreamDialect.interesting`. */
  follows(data: string): boolean;
  see(event: JsonObject): void;
  /**
   * The frames that end the stream as a limit on output tokens would: what is open is closed, a finish reason,
   * usage, and why under `sluice.error`, where the SDKs do not take it for a failure.
   */
  frames(cut: StreamCut): string;
}

export interface StreamCut {
  readonly fault: Fault;
  readonly usage: Usage;
  /** Decimal dollars; undefined = unpriced. */
  readonly costUsd: string | undefined;
  /** Choices without a finish reason. */
  readonly openChoices: readonly number[];
  /** Frames sent so far. */
  readonly frames: number;
}
