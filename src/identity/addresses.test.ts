import { t } from 'tap';
import { inRanges, parseRange } from './addresses.ts';

const ranges = (...texts: string[]) => texts.map(parseRange).filter((range) => range !== undefined);

t.test('ranges and single addresses of both families', async (t) => {
  const office = ranges('10.1.0.0/16', '192.0.2.7', '2001:db8::/32');
  t.equal(office.length, 3);
  for (const inside of ['10.1.255.1', '192.0.2.7', '2001:db8::1', '::ffff:10.1.2.3']) {
    t.ok(inRanges(inside, office), inside);
  }
  for (const outside of ['10.2.0.1', '192.0.2.8', '2001:db9::1', '::ffff:10.2.0.1', '::1', '', 'unknown']) {
    t.notOk(inRanges(outside, office), outside);
  }
});

t.test('an IPv4-mapped range is the IPv4 range', async (t) => {
  t.ok(inRanges('10.9.8.7', ranges('::ffff:10.0.0.0/104')));
  t.notOk(inRanges('11.9.8.7', ranges('::ffff:10.0.0.0/104')));
});

t.test('what reads differently elsewhere is no range', async (t) => {
  for (const text of [
    '',
    '10.1',
    '0x0a.1.1.1',
    '010.1.1.1',
    '10.0.0.0/33',
    '::/129',
    'example.com',
    '10.0.0.0/',
  ]) {
    t.equal(parseRange(text), undefined, text);
  }
});

t.test('no range admits nobody', async (t) => t.notOk(inRanges('10.0.0.1', [])));
