import t from 'tap';
import { firstEventData } from './first-event.ts';

t.test('the first event is found whatever the line ends, and only once it is complete', async (t) => {
  const cases: readonly [string, string | undefined][] = [
    ['data: a\n\n', 'a'],
    ['data:a\r\n\r\n', 'a'],
    ['data: a\r\rdata: b', 'a'],
    ['\uFEFFdata: a\n\n', 'a'],
    [': ping\n\nevent: x\ndata: a\ndata: b\n\n', 'a\nb'],
    ['event: ping\n\ndata: a\n\n', 'a'],
    ['data: a\n', undefined],
    ['data: a', undefined],
    [': ping\n\n', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) t.equal(firstEventData(text), expected, JSON.stringify(text));
});
