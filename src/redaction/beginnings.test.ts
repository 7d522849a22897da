import t from 'tap';
import { Beginnings } from './beginnings.ts';
import { parsePattern } from './pattern.ts';

t.test('more kinds of characters than can be told apart are refused, never confused', (t) => {
  const letters = Array.from({ length: 300 }, (_, at) => String.fromCharCode(0x4e00 + 2 * at));
  t.throws(() => new Beginnings(letters.map((letter) => parsePattern(`${letter}1`))), RangeError);
  const one = new Beginnings([parsePattern(letters.slice(0, 100).join(''))]);
  t.equal(one.firstIn(`a ${letters.slice(0, 50).join('')}`, 0), 2);
  t.end();
});
