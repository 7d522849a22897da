/** A provider inside the gateway: what it answers to a request, without a model and without a socket. */
import { isJsonObject } from '../../core/json.ts';
import type { Operation } from '../../dialects/dialect.ts';
import type { UpstreamRequest } from '../provider.ts';
import { behaviourOf } from './behaviour.ts';
import { chatAnswer, chatStream, completionAnswer, completionStream } from './chat.ts';
import { embeddingsAnswer } from './embeddings.ts';
import { type KeptResponses, noSuchResponse } from './kept-responses.ts';
import { messageAnswer, messageStream } from './messages.ts';
import { moderationAnswer } from './moderations.ts';
import { randomFrom } from './random.ts';
import { type Reply, type ReplyOptions, replyTo } from './reply.ts';
import { responseStream } from './responses.ts';
import { dataEvent, namedEvent, type Pace, type Script } from './script.ts';

export interface SimulatorOptions extends ReplyOptions {
  readonly error_rate: number;
  /** How many calls there were, this one included. */
  readonly calls: number;
  readonly kept: KeptResponses;
}

/** What one operation answers; `stream` where it can be streamed. */
interface Form {
  readonly whole: (reply: Reply, request: UpstreamRequest, options: SimulatorOptions) => unknown;
  readonly stream?: (reply: Reply, request: UpstreamRequest, options: SimulatorOptions) => string[];
}

const FORMS = {
  chat: { whole: chatAnswer, stream: (reply, request) => chatStream(reply, includesUsage(request)) },
  completions: {
    whole: completionAnswer,
    stream: (reply, request) => completionStream(reply, includesUsage(request)),
  },
  embeddings: {
    whole: (_reply, { body, model }, { seed }) => embeddingsAnswer(body, model, seed),
  },
  responses: {
    whole: (reply, { body }, { kept }) => kept.keep(reply, body),
    stream: (reply, { body }, { kept }) => responseStream(reply, body, kept.keep(reply, body).id),
  },
  moderations: { whole: (reply, { body, model }) => moderationAnswer(body, model, reply.id) },
  messages: { whole: messageAnswer, stream: messageStream },
  count_tokens: { whole: ({ inputTokens }) => ({ input_tokens: inputTokens }) },
} as const satisfies Partial<Record<Operation, Form>>;

export const SIMULATED_OPERATIONS = Object.keys(FORMS) as (keyof typeof FORMS)[];

const FAST: Pace = { latencyMs: 0, tokensPerSecond: 0 };
const SLOW: Pace = { latencyMs: 1000, tokensPerSecond: 20 };
const RANDOM_FAILURES = [429, 500, 503] as const;

export function answerTo(request: UpstreamRequest, options: SimulatorOptions): Script {
  const behaviour = behaviourOf(request.model);
  const failure = randomFailure(options);
  if (failure !== undefined) return refusal(request, failure);
  if (request.stored !== undefined) return options.kept.serve(request.stored);
  const previous = request.operation === 'responses' ? request.body.previous_response_id : undefined;
  if (typeof previous === 'string' && !options.kept.has(previous)) return noSuchResponse(previous);
  switch (behaviour.does) {
    case 'refuse':
      return refusal(request, behaviour.status);
    case 'hang':
      return { ...answer([], request.stream), stops: 'never' };
    case 'error-event':
      if (!request.stream) return refusal(request, 503);
      return answer([errorEvent(request)], true);
    case 'break': {
      const { chunks } = performed(request, false, options);
      const half = chunks.length > 1 ? chunks.slice(0, chunks.length >> 1) : [chunks[0]?.slice(0, 20) ?? ''];
      return { ...answer(half, request.stream), stops: 'broken' };
    }
    case 'answer': {
      const script = performed(request, behaviour.echo, options);
      if (behaviour.pace === 'settings') return script;
      return { ...script, pace: behaviour.pace === 'fast' ? FAST : SLOW };
    }
  }
}

function performed(request: UpstreamRequest, echo: boolean, options: SimulatorOptions): Script {
  const form: Form | undefined = FORMS[request.operation as keyof typeof FORMS];
  if (form === undefined) throw new Error(`the simulator does not serve ${request.operation}`);
  const reply = replyTo(request, echo, options);
  if (request.stream && form.stream !== undefined) return answer(form.stream(reply, request, options), true);
  return answer([JSON.stringify(form.whole(reply, request, options))], false);
}

function answer(chunks: readonly string[], stream: boolean): Script {
  const type = stream ? 'text/event-stream; charset=utf-8' : 'application/json';
  return { status: 200, headers: { 'content-type': type }, chunks, stops: 'ended', pace: undefined };
}

/** Seeded by the number of the call, so that a retry may go well and a run can be repeated. */
function randomFailure({ error_rate, seed, calls }: SimulatorOptions): number | undefined {
  if (error_rate === 0 || randomFrom(seed ^ Math.imul(calls, 0x9e3779b1))() >= error_rate) return undefined;
  return RANDOM_FAILURES[calls % RANDOM_FAILURES.length];
}

function includesUsage({ body }: UpstreamRequest): boolean {
  return isJsonObject(body.stream_options) && body.stream_options.include_usage === true;
}

function refusal(request: UpstreamRequest, status: number): Script {
  const waits: Record<string, string> = status === 429 || status === 503 ? { 'retry-after': '1' } : {};
  return {
    status,
    headers: { 'content-type': 'application/json', ...waits },
    chunks: [JSON.stringify(errorBody(request, status))],
    stops: 'ended',
    pace: undefined,
  };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function errorBody({ operation }: UpstreamRequest, status: number) {
  const type = ERROR_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  const message = `Simulated failure with status ${status}.`;
  if (operation === 'messages' || operation === 'count_tokens')
    return { type: 'error', error: { type, message } };
  return { error: { message, type, param: null, code: null } };
}

function errorEvent(request: UpstreamRequest): string {
  const { operation } = request;
  if (operation === 'messages') {
    return namedEvent({ ...errorBody(request, 529), type: 'error' });
  }
  if (operation === 'responses') {
    const message = 'Simulated failure in the stream.';
    const event = { type: 'error', code: 'server_error', message, param: null, sequence_number: 0 };
    return namedEvent(event);
  }
  return dataEvent(errorBody(request, 500));
}
