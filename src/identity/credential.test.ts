import fc from 'fast-check';
import { t } from 'tap';
import { Fault } from '../core/fault.ts';
import { looksLikeJwt, readCredential } from './credential.ts';

t.test('the key is read from every header that an SDK puts it in', async (t) => {
  t.equal(readCredential({ authorization: 'Bearer k1' }), 'k1');
  t.equal(readCredential({ authorization: 'bearer   k1 ' }), 'k1');
  t.equal(readCredential({ 'x-api-key': 'k1' }), 'k1');
  t.equal(readCredential({ 'api-key': 'k1' }), 'k1');
  t.equal(readCredential({ 'x-goog-api-key': 'k1' }), 'k1');
  t.equal(readCredential({ authorization: 'Bearer k1', 'x-api-key': 'k1' }), 'k1');
  t.equal(readCredential({ authorization: 'Basic cHJveHk=', 'x-api-key': 'k1' }), 'k1');
});

t.test('none, several different and foreign schemes are refused, each in its own words', async (t) => {
  const refusal = (headers: Record<string, string>) => {
    try {
      return readCredential(headers);
    } catch (error) {
      return error instanceof Fault && error.code === 'invalid_api_key' ? error.message : error;
    }
  };
  t.match(refusal({}), /^No key was sent/);
  t.match(refusal({ authorization: 'Bearer ' }), /^No key was sent/);
  t.match(refusal({ 'x-api-key': '  ' }), /^No key was sent/);
  t.match(refusal({ authorization: 'Bearer k1', 'x-api-key': 'k2' }), /several different keys/);
  t.match(refusal({ 'api-key': 'k1', 'x-goog-api-key': 'k2' }), /several different keys/);
  t.match(refusal({ authorization: 'Basic cHJveHk=' }), /scheme Bearer/);
});

t.test('whatever the headers say, there is a text or an invalid_api_key', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const headers = fc.record(
    { authorization: text, 'x-api-key': text, 'api-key': text },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(headers, (sent) => {
      try {
        return readCredential(sent).length > 0;
      } catch (error) {
        return error instanceof Fault && error.code === 'invalid_api_key';
      }
    }),
  );
});

t.test('a JWT is told from a key by its form', async (t) => {
  t.ok(looksLikeJwt('eyJh.eyJi.c2ln'));
  t.ok(looksLikeJwt('eyJh.eyJi.'), 'an unsigned token is a token, and refused as one');
  for (const other of ['', 'slk_abc', 'eyJh', 'eyJh.b', 'eyJh.b.c.d', 'abc.def.ghi']) {
    t.notOk(looksLikeJwt(other), other);
  }
});
