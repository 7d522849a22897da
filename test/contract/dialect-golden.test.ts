/** Requests of every client's dialect as every provider's dialect gets them: `golden/` holds both sides. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { translation } from '../../src/dialects/index.ts';

const FOLDER = join(import.meta.dirname, 'golden');

for (const file of readdirSync(FOLDER)) {
  t.test(`${file.slice(0, -5)} is translated as it was`, async (t) => {
    const { from, to, model, request, body, dropped } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
    const before = JSON.stringify(request);
    const call = translation(from, to)?.open(request, {
      model,
      kind: 'other',
      inputTokens: 1,
      nowMs: 0,
      id: 'x',
    });
    t.strictSame(call?.body, body);
    t.strictSame(call?.dropped, dropped);
    t.equal(JSON.stringify(request), before, "the client's body stays as it is");
  });
}
