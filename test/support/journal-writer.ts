/** A process that appends records until it is killed, and prints the id of each one that was acknowledged. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { openJournal } from '../../src/storage/journal/journal.ts';
import { silent } from './database.ts';

const [dir = '', nodeId = '', durability = 'process'] = process.argv.slice(2);
const journal = await openJournal({
  dir,
  nodeId,
  durability: durability === 'disk' ? 'disk' : 'process',
  segmentBytes: 8000,
  maxBytes: 1 << 30,
  fullAction: 'refuse',
  clock: systemClock,
  log: silent,
  describeLoss: () => '{}',
});
for (let id = 0; ; id += 1) {
  await journal.append(JSON.stringify({ id: `${nodeId}-${id}`, text: 'x'.repeat(id % 500) }));
  writeSync(1, `${nodeId}-${id}\n`);
}
