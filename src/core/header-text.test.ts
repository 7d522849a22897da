import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import t from 'tap';
import { headerText } from './header-text.ts';

t.test('a plain name stays as it is', async (t) => {
  for (const name of ['gpt-5.1', 'openai/gpt-4o:free', 'ft:gpt-4o:acme::x%y'])
    t.equal(headerText(name), name);
});

t.test('any text makes a header that can be sent', async (t) => {
  t.equal(headerText('模 x\r\n'), '%E6%A8%A1%20x%0D%0A');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const value = headerText(text);
      validateHeaderValue('x', value);
      return value.length <= 256;
    }),
  );
  t.equal(headerText('\ud800\0'), '%EF%BF%BD%00');
});
