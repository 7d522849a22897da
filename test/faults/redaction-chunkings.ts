/**
 * `node test/faults/redaction-chunkings.ts [COUNT [SEED]]`: that many random chunkings with every recogniser on, in
 * four ways; says how many made a difference, and which was the first. Ten million take some hours.
 */
import { firstDifference, type Way } from '../support/chunkings.ts';

const SHARES: Readonly<Record<Way, number>> = {
  inCharacters: 0.4,
  inBytes: 0.2,
  inJson: 0.2,
  roundTrip: 0.2,
};
const STEP = 50_000;

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
for (const [way, share] of Object.entries(SHARES) as [Way, number][]) {
  const wanted = Math.round(count * share);
  for (let done = 0; done < wanted; done += STEP) {
    const difference = firstDifference(way, seed + done, Math.min(STEP, wanted - done));
    if (difference === undefined) continue;
    console.error(difference);
    process.exit(1);
  }
  console.log(`${way}: ${wanted} chunkings, 0 differences`);
}
