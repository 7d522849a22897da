/** What every kind of provider promises, tried on each. */
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { Fault } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { OPERATIONS } from '../../src/dialects/dialect.ts';
import { KINDS, openProviders, type Provider } from '../../src/providers/index.ts';
import type { Receiver, Transmission, UpstreamRequest } from '../../src/providers/provider.ts';
import { providersSettings } from '../../src/providers/settings.ts';
import { startUpstream } from '../upstream/upstream.ts';

type KindId = (typeof KINDS)[number]['id'];

/** The least that a kind needs; a new kind does not compile until it is here. */
const LEAST: Record<KindId, (url: string) => object> = {
  openai: keyed,
  'azure-openai': (url) => ({ api_key: 'sk-test', endpoint: url }),
  anthropic: keyed,
  gemini: keyed,
  vertex: (url) => ({ project: 'p', credentials: 'ya29.test', base_url: url }),
  bedrock: (url) => ({ aws_region: 'eu-central-1', api_key: 'bedrock-key', base_url: url }),
  mistral: keyed,
  cohere: keyed,
  groq: keyed,
  together: keyed,
  fireworks: keyed,
  deepseek: keyed,
  xai: keyed,
  openrouter: keyed,
  perplexity: keyed,
  cerebras: keyed,
  ollama: (url) => ({ host: url }),
  vllm: (url) => ({ base_url: url }),
  'openai-compatible': (url) => ({ base_url: url }),
  simulated: () => ({ tokens_per_second: 2000, output_tokens: 200 }),
};

function keyed(url: string): object {
  return { api_key: 'sk-test', base_url: url };
}

const EVENTS = Array.from({ length: 20 }, (_, index) => `data: {"n":${index}}\n\n`);

function request(operation: UpstreamRequest['operation'], stream: boolean): UpstreamRequest {
  const body: JsonObject = {
    model: 'sim-x',
    stream,
    messages: [{ role: 'user', content: 'hi' }],
    input: 'hi',
  };
  const bytes = (): Uint8Array => Buffer.from(JSON.stringify(body));
  return {
    operation,
    orgId: 'o',
    model: 'sim-x',
    stream,
    body,
    bytes,
    clientHeaders: {},
    ownHeaders: {},
    stored: undefined,
  };
}

/** Writes down what it hears, and may pause at the first data. */
class Listener implements Receiver {
  readonly heard: string[] = [];
  readonly over: Promise<void>;
  #takes: boolean;
  #resolve: () => void = () => undefined;
  constructor(takes = true) {
    this.#takes = takes;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
  head(): void {
    this.heard.push('head');
  }
  data(): boolean {
    this.heard.push('data');
    return this.#takes;
  }
  end(): void {
    this.heard.push('end');
    this.#resolve();
  }
  fail(fault: Fault): void {
    this.heard.push(`fail ${fault.code}`);
    this.#resolve();
  }
  async first(what: string): Promise<void> {
    while (!this.heard.includes(what)) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

for (const kind of KINDS) {
  t.test(kind.id, async (t) => {
    const upstream = await startUpstream(t, [
      { headers: { 'content-type': 'text/event-stream' }, chunks: EVENTS, pauseMs: 3 },
    ]);
    const least = { kind: kind.id, ...LEAST[kind.id](upstream.url) };
    const providers = openProviders(providersSettings.parse({ it: least }), systemClock);
    t.teardown(() => providers.close());
    const provider = providers.byName.get('it') as Provider;
    t.equal(upstream.open, 0, 'no connection is made before it is needed');

    t.test('its settings are strict, and each says what it is for', async (t) => {
      t.notOk(providersSettings.safeParse({ it: { ...least, api_kye: 'x' } }).success);
      for (const [name, field] of Object.entries(kind.settings.shape)) {
        if (name !== 'kind') t.ok(field.description, name);
      }
      t.ok(kind.summary);
    });

    t.test('it serves what its kind can', async (t) => {
      t.ok(provider.operations.size > 0);
      for (const operation of provider.operations) {
        t.ok((kind.operations as readonly string[]).includes(operation), operation);
        const listener = new Listener();
        provider.send(request(operation, false), listener);
        await listener.over;
        t.equal(listener.heard.at(0), 'head', operation);
        t.equal(listener.heard.at(-1), 'end', operation);
        t.equal(listener.heard.filter((what) => what === 'end').length, 1);
      }
      t.ok(kind.operations.every((operation) => (OPERATIONS as readonly string[]).includes(operation)));
    });

    const [operation = 'chat'] = kind.operations;

    t.test('after cancel nothing is heard', async (t) => {
      const listener = new Listener();
      const transmission: Transmission = provider.send(request(operation, true), listener);
      await listener.first('data');
      transmission.cancel();
      const heard = listener.heard.length;
      transmission.cancel();
      transmission.resume();
      await quiet();
      t.equal(listener.heard.length, heard);
    });

    t.test('cancelled at once, nothing is ever heard', async (t) => {
      const listener = new Listener();
      provider.send(request(operation, true), listener).cancel();
      await quiet();
      t.strictSame(listener.heard, []);
    });

    t.test('it waits when asked to, and goes on', async (t) => {
      const listener = new Listener(false);
      const transmission = provider.send(request(operation, true), listener);
      await listener.first('data');
      await quiet();
      t.strictSame(listener.heard, ['head', 'data']);
      const resuming = setInterval(() => transmission.resume(), 1);
      await listener.over;
      clearInterval(resuming);
      t.equal(listener.heard.at(-1), 'end');
    });
  });
}
