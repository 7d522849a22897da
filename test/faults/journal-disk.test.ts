import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import { openJournal } from '../../src/storage/journal/journal.ts';
import { silent } from '../support/database.ts';

/** A file system of one mebibyte, where this user may mount one. */
function smallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmSync(dir, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
t.teardown(() => {
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

t.test(
  'a disk that is really full: new requests are refused, those under way are recorded, and it opens again',
  {
    skip:
      disk === undefined &&
      'needs the right to mount a tmpfs; journal.test.ts does the same with a made-up disk',
  },
  async (t) => {
    if (disk === undefined) return;
    let nowMs = 0;
    const journal = await openJournal({
      dir: join(disk, 'journal'),
      nodeId: 'a',
      durability: 'process',
      segmentBytes: 64 << 10,
      maxBytes: 1 << 30,
      fullAction: 'refuse',
      reserveBytes: 128 << 10,
      clock: { now: () => 0, elapsed: () => nowMs },
      log: silent,
      describeLoss: (lost) => JSON.stringify({ lost }),
    });
    const pad = 'x'.repeat(1000);
    const acknowledged: string[] = [];
    while (journal.admits() === undefined && acknowledged.length < 5000) {
      const record = JSON.stringify({ id: acknowledged.length, pad });
      journal.append(record);
      acknowledged.push(record);
    }
    t.equal(journal.stats.lostRecords, 0, 'the reserve took the record that met the full disk');
    for (let underWay = 0; underWay < 50; underWay += 1) {
      const record = JSON.stringify({ id: acknowledged.length, pad });
      journal.append(record);
      acknowledged.push(record);
    }
    t.equal(journal.stats.lostRecords, 0, 'and of those under way');

    t.throws(() => {
      for (;;) journal.append(JSON.stringify({ id: -1, pad }));
    }, Fault);
    nowMs += 2000;
    t.equal(journal.admits()?.code, 'journal_full', 'as long as the disk is full');

    const found: string[] = [];
    for (
      let chunk = await journal.reader.next(500, 1 << 20);
      chunk;
      chunk = await journal.reader.next(500, 1 << 20)
    ) {
      found.push(...chunk.records);
      await journal.reader.commit(chunk);
    }
    t.same(found.slice(0, acknowledged.length), acknowledged);
    t.equal(journal.stats.corruptRegions, 0);
    nowMs += 2000;
    t.equal(journal.admits(), undefined, 'draining made room');
    await journal.close();
  },
);
