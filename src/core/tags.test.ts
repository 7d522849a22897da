import fc from 'fast-check';
import t from 'tap';
import { Fault } from './fault.ts';
import { parseTags, requestTags } from './tags.ts';

t.test('tags are read as written', async (t) => {
  t.same(parseTags('env=prod, feature = search ,empty='), { env: 'prod', feature: 'search', empty: '' });
  t.same(parseTags(''), {});
  t.same(parseTags('a=b=c'), { a: 'b=c' });
});

t.test('a caller cannot change the tags of its key', async (t) => {
  t.same(requestTags('env=dev,x=1', { env: 'prod' }), { env: 'prod', x: '1' });
  t.same(requestTags(undefined, { env: 'prod' }), { env: 'prod' });
  t.same(requestTags(['a=1', 'b=2'], {}), { a: '1', b: '2' });
});

t.test('a tag that cannot be read is refused, not dropped', async (t) => {
  const many = Array.from({ length: 17 }, (_, i) => `k${i}=v`).join(',');
  for (const header of ['prod', '=prod', 'a b=1', '__proto__=1', 'a=\u0000', `a=${'x'.repeat(129)}`, many]) {
    t.throws(
      () => parseTags(header),
      { code: 'invalid_request', details: { param: 'x-sluice-tags' } },
      header,
    );
  }
});

t.test('whatever is sent: sound tags, or a fault', async () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      try {
        return Object.keys(parseTags(header)).length <= 16;
      } catch (error) {
        return error instanceof Fault;
      }
    }),
  );
});
