import fc from 'fast-check';
import { t } from 'tap';
import { systemRandom } from '../core/ids.ts';
import { hashKey, KEY_KINDS, keyKind, mintKey } from './key.ts';

t.test('a minted key is recognised, hinted at and hashed', async (t) => {
  for (const kind of KEY_KINDS) {
    const key = mintKey(kind, systemRandom);
    t.match(key.plaintext, /^sl[ka]_[\w-]{49}$/);
    t.equal(keyKind(key.plaintext), kind);
    t.equal(key.hint, key.plaintext.slice(0, 10));
    t.equal(key.hash.toString('hex'), hashKey(key.plaintext));
    t.equal(key.hash.length, 32);
  }
  t.not(mintKey('inference', systemRandom).plaintext, mintKey('inference', systemRandom).plaintext);
});

t.test('the form is stable: the same random bytes give the same key', async (t) => {
  const key = mintKey('inference', (target) => target.fill(7));
  t.equal(key.plaintext, 'slk_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc2Q61Kt');
});

t.test('any single wrong character, a cut and a swapped prefix are noticed', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat({ max: 52 }),
      fc.constantFrom(...'ABCXYZabcxyz0189'),
      (bytes, at, wrong) => {
        const { plaintext } = mintKey('admin', (target) => target.set(bytes));
        const changed = plaintext.slice(0, at) + wrong + plaintext.slice(at + 1);
        const swapped = `slk_${plaintext.slice(4)}`;
        return (
          (changed === plaintext || keyKind(changed) === undefined) &&
          keyKind(plaintext.slice(0, -1)) === undefined &&
          keyKind(swapped) === undefined
        );
      },
    ),
  );
});
