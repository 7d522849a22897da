import fc from 'fast-check';
import t from 'tap';
import { systemRandom } from '../core/ids.ts';
import { Vault } from './vault.ts';

const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
const OLD = key('old', 1);
const NEW = key('new', 2);

t.test('what was sealed is opened, by whoever has the key, for the same row alone', async () => {
  const vault = new Vault([NEW, OLD], systemRandom);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (secret) => {
      const sealed = vault.seal(secret, 'org/row');
      const again = vault.seal(secret, 'org/row');
      return (
        // a lone surrogate has no UTF-8, and no key has one
        (vault.open(sealed, 'org/row') === secret || !secret.isWellFormed()) &&
        vault.open(sealed, 'org/other') === undefined &&
        !sealed.bytes.equals(again.bytes)
      );
    }),
  );
});

t.test('a changed bit, a lost key or a cut text is no secret', async (t) => {
  const vault = new Vault([NEW], systemRandom);
  const sealed = vault.seal('sk-secret', 'o');
  for (let index = 0; index < sealed.bytes.length; index++) {
    const bytes = Buffer.from(sealed.bytes);
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    t.equal(vault.open({ ...sealed, bytes }, 'o'), undefined);
  }
  t.equal(vault.open({ ...sealed, bytes: sealed.bytes.subarray(0, 20) }, 'o'), undefined);
  t.equal(new Vault([OLD], systemRandom).open(sealed, 'o'), undefined);
  t.equal(new Vault([{ ...OLD, id: 'new' }], systemRandom).open(sealed, 'o'), undefined);
});

t.test('a new key goes before the old one, which still opens', async (t) => {
  const sealed = new Vault([OLD], systemRandom).seal('sk-secret', 'o');
  const both = new Vault([NEW, OLD], systemRandom);
  t.equal(both.current, 'new');
  t.equal(both.open(sealed, 'o'), 'sk-secret');
  t.equal(new Vault([], systemRandom).current, undefined);
});
