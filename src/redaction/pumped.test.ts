/** No text makes a recogniser work more than in proportion to its length, whatever it repeats. */
import t from 'tap';
import { pumped, pumpUnits } from '../../test/support/pumped.ts';
import { Detector } from './detector.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { type Judge, redactText, StreamRedactor } from './stream.ts';

t.setTimeout(180_000);

const SHORT_CHARS = 16_384;
const LONG_CHARS = 65_536;
const mask: Judge = { weigh: () => 0, replace: () => '█' };

/** Patterns tried, each of which looks at 128 characters at most, and characters that were matched. */
class Work {
  done = 0;
  readonly tried = new Set<string>();

  of(work: () => void): number {
    const { test } = RegExp.prototype;
    const before = this.done;
    const note = (regex: RegExp, from: number): void => {
      this.tried.add(regex.source);
      this.done += 1 + Math.max(0, regex.lastIndex - from);
    };
    RegExp.prototype.test = function (text) {
      const from = this.lastIndex;
      const found = test.call(this, text);
      if (this.sticky) note(this, from);
      return found;
    };
    try {
      work();
    } finally {
      RegExp.prototype.test = test;
    }
    return this.done - before;
  }
}

for (const recogniser of RECOGNISERS)
  t.test(`${recogniser.id}: work grows with the length of what is pumped into it`, (t) => {
    const detector = new Detector([recogniser]);
    const work = new Work();
    for (const unit of pumpUnits(recogniser, { most: 1 })) {
      const short = work.of(() => redactText(detector, mask, pumped(unit, SHORT_CHARS)));
      const long = work.of(() => redactText(detector, mask, pumped(unit, LONG_CHARS)));
      if (long > short * 4.5 + 1000) t.fail(`"${unit}": ${short} for 16 kB, ${long} for 64 kB`);
    }
    t.ok(work.tried.size > 0, 'its patterns were tried');
    t.end();
  });

const all = new Detector(RECOGNISERS);

function streamed(text: string): void {
  const stream = new StreamRedactor(all, mask);
  for (let at = 0; at < text.length; at += 4) stream.push(text.slice(at, at + 4));
  stream.end();
}

for (const unit of [
  'a',
  '1',
  '1 ',
  '1-',
  'a@',
  'a.',
  '-',
  '_',
  'eyJ',
  'dckr_oat_',
  'Rua ',
  '%31',
  '&#49;',
  '1\u200b',
])
  t.test(`a stream of "${unit}" is as much work at its end as at its beginning`, (t) => {
    const work = new Work();
    const short = work.of(() => streamed(pumped(unit, SHORT_CHARS)));
    const long = work.of(() => streamed(pumped(unit, LONG_CHARS)));
    t.ok(long <= short * 4.5 + 1000, `${short} for 16 kB, ${long} for 64 kB`);
    t.end();
  });
