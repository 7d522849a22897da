/** The pure rules of the cache: whose entry, what may be kept, what a client may ask. */
import fc from 'fast-check';
import t from 'tap';
import { openAiChat } from '../dialects/index.ts';
import type { Principal } from '../identity/index.ts';
import { bypassOf } from './bypass.ts';
import { cacheControl } from './control.ts';
import { Recording } from './entry.ts';
import { cacheKey, type KeyParts } from './key.ts';
import { lastQuestion } from './question.ts';
import { CACHE_SCOPES, type CacheRuling, strictest } from './ruling.ts';
import { sealedAnswers } from './sealed.ts';
import { SingleFlight, waited } from './single-flight.ts';
import { Vectors } from './vectors.ts';

const RULING: CacheRuling = { ttlMs: 1, scope: 'org', maxTemperature: 0, tools: false, semantic: undefined };
const person = (change: object = {}): Principal =>
  ({
    orgId: 'o',
    teamId: 't',
    userId: 'u',
    keyId: 'k',
    actor: 'key/k',
    models: null,
    org: {},
    ...change,
  }) as unknown as Principal;
const parts = (change: Partial<KeyParts> = {}): KeyParts => ({
  principal: person(),
  policies: ['p'],
  scope: 'org',
  operation: 'chat',
  headers: {},
  described: { model: 'm', stream: false },
  body: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  ...change,
});

t.test('one answer for one request, however it is written and whoever of the scope asks', async (t) => {
  const key = cacheKey(parts());
  const rewritten = { messages: [{ content: 'hi', role: 'user' }], model: 'm' };
  t.equal(cacheKey(parts({ body: rewritten })), key, 'the order of members says nothing');
  t.equal(cacheKey(parts({ body: { ...rewritten, user: 'a', prompt_cache_key: 'b' } })), key);
  const other = person({ teamId: 't2', userId: 'u2', keyId: 'k2', actor: 'key/k2' });
  for (const scope of CACHE_SCOPES) {
    const same = cacheKey(parts({ scope })) === cacheKey(parts({ scope, principal: other }));
    t.equal(same, scope === 'org', scope);
  }
  const nobody = person({ teamId: null, actor: 'key/x' });
  const nobodyElse = person({ teamId: null, actor: 'key/y' });
  t.not(
    cacheKey(parts({ scope: 'team', principal: nobody })),
    cacheKey(parts({ scope: 'team', principal: nobodyElse })),
    'who has no team shares with nobody',
  );
});

t.test('another organisation, right, rule, header or word is another entry (litellm#29955)', async (t) => {
  const keys = [
    parts(),
    parts({ principal: person({ orgId: 'o2' }) }),
    parts({ principal: person({ models: ['m'] }) }),
    parts({ principal: person({ org: { dataResidency: ['eu'] } }) }),
    parts({ policies: [] }),
    parts({ operation: 'completions' }),
    parts({ described: { model: 'n', stream: false } }),
    parts({ described: { model: 'm', stream: true } }),
    parts({ headers: { 'anthropic-beta': 'x' } }),
    parts({ body: { model: 'm', messages: [{ role: 'user', content: 'ho' }] } }),
    parts({ body: { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] } }),
  ].map(cacheKey);
  t.equal(new Set(keys).size, keys.length);
});

t.test('what wants another answer every time, acts, or stays at the provider is not kept', async (t) => {
  const why = (body: object, ruling: Partial<CacheRuling> = {}, operation: 'chat' | 'responses' = 'chat') =>
    bypassOf(operation, { model: 'm', ...body }, { ...RULING, ...ruling });
  t.equal(why({}), undefined);
  t.equal(why({ temperature: 0 }), undefined);
  t.equal(why({ temperature: 0.1 }), 'temperature');
  t.equal(why({ temperature: 0.1 }, { maxTemperature: 1 }), undefined);
  t.equal(why({ generationConfig: { temperature: 1 } }), 'temperature');
  t.equal(why({ tools: [] }), undefined);
  t.equal(why({ tools: [{ type: 'function' }] }), 'tools');
  t.equal(why({ tools: [{ type: 'function' }] }, { tools: true }), undefined);
  t.equal(why({ store: true }), 'stored');
  t.equal(why({}, {}, 'responses'), 'stored', 'a response is stored unless it says otherwise');
  t.equal(why({ store: false }, {}, 'responses'), undefined);
  t.equal(why({ store: false, previous_response_id: 'r' }, {}, 'responses'), 'stored');
});

t.test('of several policies the strictest decides, respect by respect', async (t) => {
  t.equal(strictest([]), undefined);
  t.equal(strictest([RULING, { ...RULING, ttlMs: 0 }]), undefined, 'one that forbids forbids');
  const semantic = { model: 'e', threshold: 0.9, namespace: '' };
  const one: CacheRuling = { ttlMs: 9, scope: 'team', maxTemperature: 2, tools: true, semantic };
  const two: CacheRuling = { ...one, ttlMs: 5, scope: 'key', maxTemperature: 1, tools: false };
  const stricter = { ...semantic, threshold: 0.99 };
  t.strictSame(strictest([one, { ...two, semantic: stricter }]), { ...two, semantic: stricter });
  t.equal(strictest([one, { ...one, semantic: undefined }])?.semantic, undefined);
});

t.test('cache-control is read as HTTP means it', async (t) => {
  const age = Number.POSITIVE_INFINITY;
  t.strictSame(cacheControl(undefined), { noStore: false, noCache: false, maxAgeSeconds: age });
  t.match(cacheControl('No-Cache, max-age=60'), { noCache: true, maxAgeSeconds: 60 });
  t.match(cacheControl('no-store'), { noStore: true });
  t.match(cacheControl('max-age=0'), { maxAgeSeconds: 0 });
  t.match(cacheControl('x-no-store-at-all, max-age=soon'), { noStore: false, maxAgeSeconds: age });
});

t.test('a stream that is not complete, or too long, is not kept', async (t) => {
  const delta = { choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] };
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const cut = new Recording(openAiChat, 1_000);
  cut.event(delta);
  t.equal(cut.heard(true, 1), undefined);
  cut.event(end);
  t.equal(cut.heard(true, 1)?.length, 2);
  t.equal(cut.heard(true, 2), undefined, 'the second choice is missing');
  const long = new Recording(openAiChat, 100);
  for (let turn = 0; turn < 10; turn++) long.event(delta);
  long.event(end);
  t.equal(long.heard(true, 1), undefined);
});

t.test('what is sealed opens only at its own place and with its own secret', async (t) => {
  const kept = new Map<string, string>();
  const store = {
    get: (orgId: string, key: string) => kept.get(`${orgId} ${key}`),
    set: (orgId: string, key: string, value: string) => void kept.set(`${orgId} ${key}`, value),
  };
  const sealed = sealedAnswers(store, 'a secret of thirty-two characters');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      await sealed.set('a', 'k', text.toWellFormed(), 1);
      return (await sealed.get('a', 'k')) === text.toWellFormed();
    }),
  );
  await sealed.set('a', 'k', 'the answer', 1);
  t.notMatch(kept.get('a k'), /answer/);
  kept.set('b k', kept.get('a k') ?? '');
  t.equal(await sealed.get('b', 'k'), undefined, 'moved to another organisation');
  t.equal(await sealedAnswers(store, 'another secret of some length, too').get('a', 'k'), undefined);
  kept.set('a k', 'never sealed');
  t.equal(await sealed.get('a', 'k'), undefined);
});

t.test('one leads, the others wait: until it lands, they leave, or it takes too long', async (t) => {
  const flights = new SingleFlight();
  const leader = flights.lead('k');
  t.ok(leader);
  t.equal(flights.lead('k'), undefined);
  if (leader === undefined) return;
  const { signal } = new AbortController();
  const waiting = waited(leader, signal, 60_000);
  await waited(leader, signal, 1);
  leader.land();
  await waiting;
  t.equal(flights.under('k'), undefined);
  t.ok(flights.lead('k'));
  const control = new AbortController();
  const other = flights.under('k');
  if (other !== undefined) {
    const leaving = waited(other, control.signal, 60_000);
    control.abort();
    await leaving;
  }
});

t.test('the nearest question of the same context is found, while it lasts and there is room', async (t) => {
  const vectors = new Vectors(3);
  vectors.add('a', [1, 0], 'east', 100, 0);
  vectors.add('a', [0, 2], 'north', 100, 0);
  t.match(vectors.nearest('a', [3, 0.1], 1), { entryKey: 'east' });
  t.ok((vectors.nearest('a', [3, 0.1], 1)?.similarity ?? 0) > 0.99);
  t.equal(vectors.nearest('b', [1, 0], 1), undefined, 'another context');
  t.equal(vectors.nearest('a', [1, 0], 100), undefined, 'too old');
  t.equal(vectors.nearest('a', [1, 0, 0], 1), undefined, 'a vector of another model');
  t.equal(vectors.nearest('a', [0, 0], 1), undefined);
  vectors.add('b', [1, 1], 'x', 100, 0);
  vectors.add('b', [1, 2], 'y', 100, 0);
  t.equal(vectors.nearest('a', [1, 0], 1), undefined, 'the context used least lately made room');
  t.match(vectors.nearest('b', [1, 2], 1), { entryKey: 'y' });
});

t.test('the last question is what a person said last, and the body stays as it was', async (t) => {
  const body = {
    model: 'm',
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'second' },
    ],
  };
  const before = JSON.stringify(body);
  const question = lastQuestion(openAiChat, body);
  t.equal(question?.text, 'second');
  t.match(
    question?.without(() => JSON.stringify(body)),
    /"first".*"content":""/,
  );
  t.equal(JSON.stringify(body), before);
  body.messages.push({ role: 'tool', content: 'result' });
  t.equal(lastQuestion(openAiChat, body), undefined);
});
