import t from 'tap';
import { testPrincipal } from '../../test/support/exchange.ts';
import { geminiGenerate } from '../dialects/index.ts';
import { cacheKey } from './key.ts';

t.test('a body that names no model is another question to another model, and as a stream', async (t) => {
  const body = { contents: [{ parts: [{ text: 'Hi' }] }] };
  const key = (model: string, stream: boolean): string =>
    cacheKey({
      principal: testPrincipal(),
      policies: [],
      scope: 'org',
      operation: 'gemini',
      headers: {},
      described: geminiGenerate(model, stream).describe(body),
      body,
    });
  t.equal(key('a', false), key('a', false));
  t.not(key('a', false), key('b', false));
  t.not(key('a', false), key('a', true));
});
