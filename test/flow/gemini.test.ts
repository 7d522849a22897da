/** Google's SDKs call `generateContent`; the model and the wish for a stream stand in the path. */
import t, { type Test } from 'tap';
import { startGateway } from '../support/gateway.ts';

const gateway = await startGateway(t);

async function ask(
  path: string,
  key = gateway.key,
  body: unknown = { contents: [{ parts: [{ text: 'Hi' }] }] },
) {
  const response = await fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify(body),
  });
  const said = (await response.json()) as {
    error: { code: number; status: string; details: { reason: string }[] };
  };
  return { ...said.error, http: response.status };
}

function matches(
  t: Test,
  found: Awaited<ReturnType<typeof ask>>,
  status: number,
  word: string,
  reason: string,
): void {
  t.match(found, { http: status, status: word, code: status, details: [{ reason }] });
}

t.test('faults have the form of Google’s APIs, under both versions', async (t) => {
  for (const root of ['/v1beta/models', '/v1/models']) {
    const unknown = await ask(`${root}/no-such-model:generateContent`);
    matches(t, unknown, 404, 'NOT_FOUND', 'model_not_found');
    const stranger = await ask(`${root}/gemini-2.5-flash:generateContent`, 'slk_wrong');
    matches(t, stranger, 401, 'UNAUTHENTICATED', 'invalid_api_key');
  }
});

t.test('a stream is asked for with alt=sse, else refused', async (t) => {
  const refused = await ask('/v1beta/models/gemini-2.5-flash:streamGenerateContent');
  matches(t, refused, 400, 'INVALID_ARGUMENT', 'invalid_request');
  const unknown = await ask('/v1beta/models/no-such-model:streamGenerateContent?alt=sse');
  matches(t, unknown, 404, 'NOT_FOUND', 'model_not_found');
});

t.test('a body without contents is refused, other methods are not served', async (t) => {
  const empty = await ask('/v1beta/models/gemini-2.5-flash:generateContent', gateway.key, {});
  matches(t, empty, 400, 'INVALID_ARGUMENT', 'invalid_request');
  const other = await ask('/v1beta/models/gemini-2.5-flash:embedContent');
  matches(t, other, 404, 'NOT_FOUND', 'endpoint_not_supported');
});
