/** `@anthropic-ai/sdk`, unmodified but for base URL and key. */
import Anthropic, { AuthenticationError, NotFoundError } from '@anthropic-ai/sdk';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';

const gateway = await startGateway(t);
const client = new Anthropic({ baseURL: gateway.origin, apiKey: gateway.key, maxRetries: 0 });
const request = {
  model: 'sim-echo',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Say hello' }],
};

t.test('messages: whole, with usage', async (t) => {
  const message = await client.messages.create(request);
  t.match(message.content, [{ type: 'text', text: 'Say hello' }]);
  t.equal(message.stop_reason, 'end_turn');
  t.ok(message.usage.input_tokens > 0);
});

t.test('messages: streamed, the same text, all events in their order', async (t) => {
  const stream = client.messages.stream(request);
  const types: string[] = [];
  stream.on('streamEvent', (event) => types.push(event.type));
  const message = await stream.finalMessage();
  t.match(message.content, [{ type: 'text', text: 'Say hello' }]);
  t.equal(types[0], 'message_start');
  t.equal(types.at(-1), 'message_stop');
});

t.test('tokens are counted', async (t) => {
  const { input_tokens } = await client.messages.countTokens({
    model: request.model,
    messages: request.messages,
  });
  t.ok(input_tokens > 0);
});

t.test('a bearer token is taken as well as x-api-key', async (t) => {
  const bearer = new Anthropic({
    baseURL: gateway.origin,
    authToken: gateway.key,
    apiKey: null,
    maxRetries: 0,
  });
  t.equal((await bearer.messages.create(request)).role, 'assistant');
});

t.test('errors are the SDK’s own classes, in Anthropic’s dialect', async (t) => {
  const stranger = new Anthropic({ baseURL: gateway.origin, apiKey: 'slk_wrong', maxRetries: 0 });
  const refused = await stranger.messages.create(request).catch((error: unknown) => error);
  t.ok(refused instanceof AuthenticationError);
  t.match(refused, { error: { type: 'error', error: { type: 'authentication_error' } } });
  const unknown = await client.messages
    .create({ ...request, model: 'no-such-model' })
    .catch((error: unknown) => error);
  t.ok(unknown instanceof NotFoundError);
});

t.test('models are listed in a form that this SDK reads', async (t) => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  t.ok(ids.includes('sim-echo'));
});
