import fc from 'fast-check';
import t from 'tap';
import type { Json } from './json.ts';
import { membersKept, membersWritten, repeatedMember } from './json-text.ts';

const DEPTH = 64;

t.test('a text in which nothing stands twice has as many members as its value', async (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.nat(4), (json, indent) => {
      const value: Json = JSON.parse(json);
      const text = JSON.stringify(value, null, indent);
      t.equal(repeatedMember(text), undefined);
      return membersWritten(text, DEPTH) === membersKept(value);
    }),
  );
});

t.test('a name that stands twice is found, however it is written and wherever', async (t) => {
  const table: [string, string | undefined][] = [
    ['{"model":"a","model":"b"}', 'model'],
    ['{"a":[{"b":1,"\\u0062":2}]}', 'b'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a\\"b":{"x":1},"a\\"b":{}}', 'a"b'],
    ['{"a\\\\":1,"a\\\\":2}', 'a\\'],
    ['{"a":{"a":1},"b":{"a":[{"a":1},{"a":1}]}}', undefined],
    ['{"a":"\\":\\"a\\":"}', undefined],
  ];
  for (const [text, name] of table) {
    t.equal(repeatedMember(text), name, text);
    t.equal(membersWritten(text, DEPTH) === membersKept(JSON.parse(text)), name === undefined, text);
  }
});

t.test('nesting is counted outside of strings only, and without recursion', async (t) => {
  t.equal(membersWritten('['.repeat(1_000_000), 128), -1);
  t.equal(membersWritten(`"${'['.repeat(1000)}\\"${'{'.repeat(1000)}"`, 1), 0);
  t.equal(membersWritten('[{"a":[]}]', 3), 1);
  t.equal(membersWritten('[{"a":[]}]', 2), -1);
});

t.test('what is no JSON ends all the same', async (t) => {
  for (const text of ['"', '"\\', ']]]]', '"\\\\\\"', ':::', '']) t.type(membersWritten(text, 9), 'number');
});
