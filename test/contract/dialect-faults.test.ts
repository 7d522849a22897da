import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import OpenAI from 'openai';
import t from 'tap';
import { FAULTS, Fault, type FaultCode } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import {
  anthropicMessages,
  DIALECTS,
  openAiChat,
  openAiResponses,
  SseSplitter,
} from '../../src/dialects/index.ts';

const SCHEMA = join(import.meta.dirname, '../../../shared/data/conformance/openai.schema.json');
const WITHOUT_SCHEMA = existsSync(SCHEMA)
  ? false
  : 'skipped: needs ../shared/data/conformance/openai.schema.json';

const CODES = Object.keys(FAULTS) as FaultCode[];

/** The validator of one of OpenAI's published schemas. */
function validator(name: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    schemas: [JSON.parse(readFileSync(SCHEMA, 'utf8'))],
  });
  const validate = ajv.compile({ $ref: `oa#/components/schemas/${name}` });
  return (value) => validate(value) === true;
}

function frameOf(text: string): { event: string | undefined; data: JsonObject } {
  const [frame] = new SseSplitter(100_000).push(Buffer.from(text));
  return { event: frame?.event, data: JSON.parse(frame?.data ?? '') };
}

/** A client's fetch that gets this answer, whatever it asks. */
function answering(status: number, body: string, type = 'application/json'): typeof fetch {
  return async () => new Response(body, { status, headers: { 'content-type': type } });
}

t.test("every fault is an error body after OpenAI's description", { skip: WITHOUT_SCHEMA }, async (t) => {
  const valid = validator('ErrorResponse');
  const validEvent = validator('ResponseErrorEvent');
  for (const code of CODES) {
    const fault = new Fault(code, 'What happened.', { param: 'messages[0]', metadata: { budget: 'team' } });
    t.ok(valid(openAiChat.faultBody(fault, 'req_1')), code);
    t.ok(validEvent(frameOf(openAiResponses.stream.faultFrames(fault, 'req_1')).data), code);
  }
  t.notOk(valid({ error: { message: 'm' } }), 'the schema does refuse');
});

t.test('the OpenAI SDK throws its own error class, with our code', async (t) => {
  const classes: [FaultCode, new (...args: never) => Error][] = [
    ['invalid_request', OpenAI.BadRequestError],
    ['invalid_api_key', OpenAI.AuthenticationError],
    ['policy_denied', OpenAI.PermissionDeniedError],
    ['model_not_found', OpenAI.NotFoundError],
    ['budget_exceeded', OpenAI.RateLimitError],
    ['internal_error', OpenAI.InternalServerError],
  ];
  for (const [code, expected] of classes) {
    const fault = new Fault(code, 'What happened.', { param: 'model' });
    const body = JSON.stringify(openAiChat.faultBody(fault, 'req_1'));
    const client = new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: answering(fault.status, body) });
    await t.rejects(client.models.list(), {
      constructor: expected,
      code,
      param: 'model',
      type: FAULTS[code].openai,
      message: `${fault.status} What happened.`,
    });
  }
});

t.test('the Anthropic SDK throws its own error class, with our code', async (t) => {
  const classes: [FaultCode, new (...args: never) => Error][] = [
    ['invalid_request', Anthropic.BadRequestError],
    ['invalid_api_key', Anthropic.AuthenticationError],
    ['model_not_found', Anthropic.NotFoundError],
    ['rate_limit_exceeded', Anthropic.RateLimitError],
  ];
  for (const [code, expected] of classes) {
    const fault = new Fault(code, 'What happened.');
    const body = JSON.stringify(anthropicMessages.faultBody(fault, 'req_1'));
    const client = new Anthropic({ apiKey: 'k', maxRetries: 0, fetch: answering(fault.status, body) });
    const error = await client.models.list().catch((thrown: unknown) => thrown);
    t.ok(error instanceof expected, code);
    t.match(error, { errorCode: code, type: FAULTS[code].anthropic, apiMessage: 'What happened.' });
  }
});

t.test('a stream that breaks makes the SDKs throw, and has no clean end (bifrost#5546)', async (t) => {
  const fault = new Fault('provider_stream_broken', 'The provider ended its stream.');
  for (const dialect of DIALECTS) {
    const text = dialect.stream.faultFrames(fault, 'req_1');
    t.notMatch(text, '[DONE]', dialect.id);
    t.match(dialect.stream.error(frameOf(text).data) ?? fault.message, fault.message, dialect.id);
  }
  const openAi = (text: string): OpenAI =>
    new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: answering(200, text, 'text/event-stream') });
  const read = async (stream: AsyncIterable<unknown>): Promise<void> => {
    for await (const _event of stream);
  };
  const { faultFrames: chat } = openAiChat.stream;
  const messages = [{ role: 'user' as const, content: 'x' }];
  const chunks = await openAi(chat(fault, 'r')).chat.completions.create({
    model: 'm',
    stream: true,
    messages,
  });
  await t.rejects(read(chunks), { code: 'provider_stream_broken', message: fault.message });
  const { faultFrames: responses } = openAiResponses.stream;
  const events = await openAi(responses(fault, 'r')).responses.create({
    model: 'm',
    stream: true,
    input: 'x',
  });
  await t.rejects(read(events), { code: 'provider_stream_broken', message: fault.message });
  const body = anthropicMessages.stream.faultFrames(fault, 'r');
  const anthropic = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: answering(200, body, 'text/event-stream'),
  });
  const started = await anthropic.messages.create({ model: 'm', stream: true, max_tokens: 1, messages });
  await t.rejects(read(started), { message: /provider_stream_broken/, errorCode: 'provider_stream_broken' });
});

t.test('what a provider refused keeps its own code, type and parameter', async (t) => {
  const provider_error = {
    message: 'Your input exceeds the context window.',
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  };
  for (const original of [
    provider_error,
    { error: provider_error },
    JSON.stringify({ error: provider_error }),
  ]) {
    const metadata = { provider_error: original };
    const fault = new Fault('provider_rejected', provider_error.message, { status: 400, metadata });
    t.match(openAiChat.faultBody(fault, 'r'), { error: { ...provider_error, metadata } });
    t.match(anthropicMessages.faultBody(fault, 'r'), {
      type: 'error',
      error: { type: 'invalid_request_error', details: { error_code: 'context_length_exceeded' } },
      request_id: 'r',
    });
  }
});

t.test('every shape of provider error is read', async (t) => {
  const absent = { type: undefined, param: undefined, code: undefined };
  const table: [string, number, string, unknown][] = [
    [
      'OpenAI',
      404,
      '{"error":{"message":"m","type":"t","param":"model","code":"c"}}',
      { message: 'm', type: 't', param: 'model', code: 'c' },
    ],
    [
      'Azure, the status as a code',
      401,
      '{"error":{"code":"401","message":"m"}}',
      { ...absent, message: 'm' },
    ],
    ['OpenRouter, a numeric code', 429, '{"error":{"code":429,"message":"m"}}', { ...absent, message: 'm' }],
    [
      'xAI',
      400,
      '{"code":"invalid-argument","error":"m"}',
      { ...absent, message: 'm', code: 'invalid-argument' },
    ],
    ['Ollama', 404, '{"error":"m"}', { ...absent, message: 'm' }],
    ['Mistral', 401, '{"detail":"m"}', { ...absent, message: 'm' }],
    ['FastAPI', 422, '{"detail":[{"loc":["body"],"msg":"m","type":"missing"}]}', { ...absent, message: 'm' }],
    [
      'vLLM',
      400,
      '{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}',
      { ...absent, message: 'm', type: 'BadRequestError' },
    ],
    [
      'Anthropic',
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"m"},"request_id":"r"}',
      { ...absent, message: 'm', type: 'invalid_request_error' },
    ],
    [
      'Gemini',
      400,
      '{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}',
      { ...absent, message: 'm', code: 'API_KEY_INVALID' },
    ],
    [
      'Gemini, in an array',
      404,
      '[{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}]',
      { ...absent, message: 'm', code: 'NOT_FOUND' },
    ],
    [
      'Cohere',
      400,
      '{"id":"i","message":"m","error_type":"TOO_MANY_TOKENS"}',
      { ...absent, message: 'm', type: 'TOO_MANY_TOKENS', code: 'TOO_MANY_TOKENS' },
    ],
    ['Bedrock', 400, '{"message":"m"}', { ...absent, message: 'm' }],
    ['plain words', 400, 'm\n', { ...absent, message: 'm' }],
    ['words as JSON', 400, '"m"', { ...absent, message: 'm' }],
    ['JSON that was cut', 400, '{"error":{"mess', undefined],
    ['a web page', 502, '<html>Bad Gateway</html>', undefined],
    ['nothing', 500, '', undefined],
    ['something else', 500, '{"ok":false}', undefined],
  ];
  for (const [name, status, body, expected] of table) {
    for (const dialect of DIALECTS)
      t.same(dialect.providerError(status, body), expected, `${dialect.id}: ${name}`);
  }
});
