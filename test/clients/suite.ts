/** What every client library must be able to do, whoever answers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { CITY, GREETING, SEEN, SUNNY, startVendors, WEATHER } from './vendors.ts';

export interface Client {
  chat(model: string, prompt: string): Promise<string>;
  /** The pieces in which the text came. */
  stream(model: string, prompt: string): Promise<readonly string[]>;
  /** Offers `get_weather`, calls it as asked and sends its result back. @returns what it was called with, and the last text */
  tools(model: string): Promise<{ readonly args: unknown; readonly text: string }>;
  /** The same, both rounds streamed. */
  toolsStreamed(model: string): Promise<{ readonly args: unknown; readonly text: string }>;
  /** Asks for an object `{city}` by its schema. */
  json(model: string): Promise<unknown>;
  image(model: string, pngBase64: string): Promise<string>;
  /** The HTTP status that the library's error tells. */
  failure(model: string): Promise<number | undefined>;
  /** Leaves a stream after its first piece. */
  abort(model: string): Promise<void>;
}

const MODELS = ['gpt-test', 'claude-test', 'gemini-test'];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** False where the library is there; else why its tests are skipped. */
export function skipUnless(library: string): false | string {
  if (existsSync(join(import.meta.dirname, 'node_modules', library))) return false;
  const why = `skipped: ${library} is not installed; run npm ci in test/clients`;
  if (process.env.CI === 'true') throw new Error(why);
  return why;
}

/** Tries one client against three vendors behind one gateway. */
export async function tryClient(
  t: Test,
  connect: (gateway: TestGateway) => Client | Promise<Client>,
): Promise<void> {
  const vendors = await startVendors(t);
  const gateway = await startGateway(t, {
    providers: {
      openai: {
        kind: 'openai-compatible',
        api_key: 'k',
        base_url: `${vendors.url}/openai/v1`,
        models: ['gpt-*'],
        operations: ['chat'],
      },
      anthropic: {
        kind: 'anthropic',
        api_key: 'k',
        base_url: `${vendors.url}/anthropic`,
        models: ['claude-*'],
      },
      gemini: { kind: 'gemini', api_key: 'k', base_url: `${vendors.url}/v1beta`, models: ['gemini-*'] },
    },
    retries: { max_attempts_per_target: 1 },
  });
  const client = await connect(gateway);
  for (const model of MODELS) {
    await t.test(`${model}: chat, whole and streamed`, async (t) => {
      t.equal(await client.chat(model, 'hello'), GREETING);
      const pieces = await client.stream(model, 'hello');
      t.equal(pieces.join(''), GREETING);
      t.ok(pieces.filter((piece) => piece !== '').length > 1, 'in pieces');
    });
    await t.test(`${model}: a tool, called and answered`, async (t) => {
      t.same(await client.tools(model), { args: JSON.parse(WEATHER), text: SUNNY });
      t.same(await client.toolsStreamed(model), { args: JSON.parse(WEATHER), text: SUNNY });
    });
    await t.test(`${model}: JSON by a schema`, async (t) => {
      t.same(await client.json(model), JSON.parse(CITY));
    });
    await t.test(`${model}: an image`, async (t) => {
      t.equal(await client.image(model, PNG), SEEN);
      t.ok(vendors.requests.at(-1)?.body.includes(PNG), 'the image arrived as it was');
    });
    await t.test(`${model}: the vendor's error in the client's words`, async (t) => {
      t.equal(await client.failure(model), 400);
    });
    await t.test(`${model}: a stream that the client leaves`, async (t) => {
      await client.abort(model);
      t.equal(await client.chat(model, 'hello'), GREETING, 'and goes on');
    });
  }
}
