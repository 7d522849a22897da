import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Fault } from '../../core/fault.ts';
import { adoptJournals } from './adopt.ts';
import { frame } from './frame.ts';
import { type JournalOptions, openJournal } from './journal.ts';
import type { JournalReader } from './reader.ts';
import { RESERVE_FILE } from './segment.ts';
import type { Disk } from './writer.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function freshDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function options(dir: string, over: Partial<JournalOptions> = {}): JournalOptions {
  return {
    dir,
    nodeId: 'a',
    durability: 'process',
    segmentBytes: 400,
    maxBytes: 1 << 20,
    fullAction: 'refuse',
    reserveBytes: 1000,
    clock: { now: () => 0, elapsed: () => 0 },
    log,
    describeLoss: (lost) => JSON.stringify({ lost }),
    ...over,
  };
}

async function readAll(reader: JournalReader, maxRecords = 7, maxBytes = 300): Promise<string[]> {
  const records: string[] = [];
  for (;;) {
    const chunk = await reader.next(maxRecords, maxBytes);
    if (!chunk) return records;
    records.push(...chunk.records);
    await reader.commit(chunk);
  }
}

const texts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ index, text: 'é'.repeat(index % 30) }));

t.test('what is appended is read once, in order, over many segments', async (t) => {
  const dir = freshDir(t);
  const journal = await openJournal(options(dir));
  const records = texts(100);
  for (const record of records) journal.append(record);
  t.equal(journal.stats.pendingRecords, 100);
  t.same(await readAll(journal.reader), records);
  t.equal(journal.stats.pendingRecords, 0);
  t.equal(journal.stats.pendingBytes, 0);
  t.equal(await journal.reader.next(10, 1000), undefined);
  t.ok(
    readdirSync(join(dir, 'a')).filter((name) => name.endsWith('.segment')).length <= 1,
    'drained segments go',
  );
  await journal.close();
  t.same(readdirSync(dir), [], 'a drained journal leaves nothing behind');
});

t.test('what is not committed comes again, also in the next process', async (t) => {
  const dir = freshDir(t);
  const records = texts(20);
  const first = await openJournal(options(dir));
  for (const record of records) first.append(record);
  const chunk = await first.reader.next(5, 10_000);
  t.same((await first.reader.next(5, 10_000))?.records, chunk?.records);
  if (chunk) await first.reader.commit(chunk);
  await first.close();
  const second = await openJournal(options(dir));
  t.equal(second.stats.pendingRecords, 15);
  second.append('{"late":1}');
  t.same(await readAll(second.reader), [...records.slice(5), '{"late":1}']);
  await second.close();
});

t.test('a journal in use is not shared, and not adopted', async (t) => {
  const dir = freshDir(t);
  const journal = await openJournal(options(dir));
  journal.append('{}');
  await t.rejects(openJournal(options(dir)), /in use by another process/);
  t.same(await adoptJournals(dir, log), []);
  await journal.close();
});

t.test('an orphan is adopted by one process only, and goes when it is drained', async (t) => {
  const dir = freshDir(t);
  const journal = await openJournal(options(dir));
  for (const record of texts(30)) journal.append(record);
  await journal.close();
  const [orphan, ...rest] = await adoptJournals(dir, log);
  t.same(rest, []);
  t.same(await adoptJournals(dir, log), [], 'taken');
  if (!orphan) return t.fail('not adopted');
  t.same(await readAll(orphan.reader), texts(30));
  await orphan.close();
  t.same(readdirSync(dir), []);
});

t.test(
  'damage anywhere in a journal: what is intact is returned, in order, the rest is kept aside',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('flip', 'cut', 'zero'),
        async (place, flip, kind) => {
          const dir = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
          try {
            const records = texts(12);
            const journal = await openJournal(options(dir));
            for (const record of records) journal.append(record);
            await journal.close();
            const names = readdirSync(join(dir, 'a'))
              .filter((name) => name.endsWith('.segment'))
              .sort();
            const path = join(dir, 'a', names[place % names.length] ?? '');
            const bytes = readFileSync(path);
            const at = (place * 7919) % bytes.length;
            if (kind === 'flip') bytes[at] = (bytes[at] ?? 0) ^ flip;
            if (kind === 'zero') bytes.fill(0, at);
            const damaged = kind === 'cut' ? bytes.subarray(0, at) : bytes;
            const untouched = readFileSync(path)
              .subarray(0, at)
              .toString('latin1')
              .split('\x1e')
              .slice(1, -1).length;
            writeFileSync(path, damaged);

            const [orphan] = await adoptJournals(dir, log);
            if (!orphan) throw new Error('not adopted');
            const found = await readAll(orphan.reader, 3, 200);
            await orphan.close();
            const places = found.map((text) => records.indexOf(text));
            if (places.includes(-1)) throw new Error('invented a record');
            if (places.some((index, i) => i > 0 && index <= (places[i - 1] ?? 0)))
              throw new Error('out of order');
            const missing = records.length - found.length;
            if (kind === 'flip' && missing > 1) throw new Error(`one flip lost ${missing} records`);
            if (kind !== 'flip' && missing > records.length - Math.max(0, untouched - 1))
              throw new Error('lost too many');
            if (missing > 0 && kind !== 'cut' && orphan.stats.corruptRegions === 0)
              throw new Error('not reported');
            const kept = readdirSync(dir).includes('quarantine') ? readdirSync(join(dir, 'quarantine')) : [];
            if (kept.length !== orphan.stats.corruptRegions) throw new Error('not kept aside');
          } finally {
            rmSync(dir, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 150 },
    );
  },
);

t.test('a segment of garbage, one of a newer version and one that cannot be read stop nothing', async (t) => {
  const dir = freshDir(t);
  const journal = await openJournal(options(dir));
  for (const record of texts(4)) journal.append(record);
  await journal.close();
  const folder = join(dir, 'a');
  writeFileSync(join(folder, '000000000050.segment'), Buffer.from('no journal at all, but bytes'));
  writeFileSync(join(folder, '000000000060.segment'), '');
  const newer = frame('{"sluice_journal":2,"segment":70}');
  writeFileSync(join(folder, '000000000070.segment'), newer);
  const again = await openJournal(options(dir));
  again.append('{"after":true}');
  t.same(await readAll(again.reader), [...texts(4), '{"after":true}']);
  t.equal(again.stats.corruptRegions, 1);
  t.equal(again.stats.unreadableSegments, 1);
  await again.close();
  t.ok(readdirSync(folder).includes('000000000070.segment'), 'what is not understood is left alone');
  writeFileSync(join(folder, '000000000070.segment'), frame('{"found":true}'));
  const later = await openJournal(options(dir));
  t.ok((await readAll(later.reader)).includes('{"found":true}'), 'and read as soon as it is understood');
  await later.close();
  t.same(readdirSync(dir), ['quarantine']);
});

/** A disk that takes `room` bytes; growing it is freeing space. */
function smallDisk(room: number): Disk & { room: number } {
  return {
    room,
    write(fd, text, position) {
      const bytes = Buffer.from(text);
      const fits = Math.min(bytes.length, Math.max(0, this.room));
      this.room -= fits;
      if (fits === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      return writeSync(fd, bytes, 0, fits, position);
    },
    sync: (_fd, done) => done(null),
  };
}

t.test('disk full, refuse: admission closes, nothing acknowledged is lost, and it opens again', async (t) => {
  const dir = freshDir(t);
  const disk = smallDisk(2000);
  let nowMs = 0;
  const journal = await openJournal(options(dir, { disk, clock: { now: () => 0, elapsed: () => nowMs } }));
  const acknowledged: string[] = [];
  for (const record of texts(60)) {
    try {
      journal.append(record);
      acknowledged.push(record);
    } catch (error) {
      t.ok(error instanceof Fault && error.code === 'journal_full');
    }
  }
  t.ok(acknowledged.length > 5 && acknowledged.length < 60);
  t.equal(journal.stats.lostRecords, 60 - acknowledged.length);
  t.equal(journal.admits()?.code, 'journal_full');
  disk.room = 10_000;
  nowMs += 2000;
  t.equal(journal.admits(), undefined);
  const found = await readAll(journal.reader);
  t.same(found, [...acknowledged, JSON.stringify({ lost: 60 - acknowledged.length })]);
  t.equal(journal.stats.corruptRegions, 0, 'a write that failed leaves no torn record');
  await journal.close();
});

t.test('what ends in one turn of the event loop is one write', async (t) => {
  let writes = 0;
  const disk: Disk = {
    write: (fd, text, position) => {
      writes += 1;
      return writeSync(fd, text, position);
    },
    sync: (_fd, done) => done(null),
  };
  const journal = await openJournal(options(freshDir(t), { segmentBytes: 1 << 20, disk }));
  await journal.appendSoon('{"first":1}');
  writes = 0;
  const records = texts(50);
  await Promise.all(records.map((record) => journal.appendSoon(record)));
  t.equal(writes, 1);
  t.equal(journal.stats.appendedRecords, 51);
  t.same(await readAll(journal.reader), ['{"first":1}', ...records]);
  const late = journal.appendSoon('{"late":1}');
  await journal.close();
  await late;
  t.equal(journal.stats.appendedRecords, 52, 'closing writes what waits');
});

t.test('a turn that the disk cannot take whole is kept as far as it fits', async (t) => {
  let room = 2000;
  const disk: Disk = {
    write: (fd, text, position) => {
      if (text.length > room) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      room -= text.length;
      return writeSync(fd, text, position);
    },
    sync: (_fd, done) => done(null),
  };
  const journal = await openJournal(options(freshDir(t), { disk }));
  const records = texts(60);
  const told = await Promise.allSettled(records.map((record) => journal.appendSoon(record)));
  const kept = records.filter((_, index) => told[index]?.status === 'fulfilled');
  t.ok(kept.length > 5 && kept.length < 60);
  for (const { reason } of told.filter((one) => one.status === 'rejected'))
    t.equal(reason.code, 'journal_full');
  t.equal(journal.stats.lostRecords, 60 - kept.length);
  t.same(await readAll(journal.reader), kept);
  await journal.close();
});

t.test('journal at its size, count: the loss is counted, and recorded when there is room', async (t) => {
  const journal = await openJournal(options(freshDir(t), { maxBytes: 500, fullAction: 'count' }));
  for (const record of texts(40)) journal.append(record);
  const { lostRecords } = journal.stats;
  t.ok(lostRecords > 0);
  t.equal(journal.stats.state, 'full');
  t.equal(journal.admits(), undefined);
  const kept = await readAll(journal.reader);
  t.equal(kept.length, 40 - lostRecords);
  journal.append('{"next":1}');
  t.same(await readAll(journal.reader), [JSON.stringify({ lost: lostRecords }), '{"next":1}']);
  t.equal(journal.stats.state, 'ok');
  await journal.close();
});

t.test('durability disk: acknowledged after a sync, many records to one sync', async (t) => {
  let syncs = 0;
  const disk: Disk = {
    write: (fd, text, position) => writeSync(fd, text, position),
    sync: (_fd, done) => {
      syncs += 1;
      setImmediate(done, null);
    },
  };
  const journal = await openJournal(
    options(freshDir(t), { durability: 'disk', segmentBytes: 1 << 20, disk }),
  );
  await Promise.all(texts(50).map((record) => journal.append(record)));
  t.equal(syncs, 2, 'the first alone, the others together');
  t.equal((await readAll(journal.reader)).length, 50);
  await journal.close();
});

t.test('durability disk: a sync that fails acknowledges nothing, and its segment is left', async (t) => {
  let broken = true;
  const disk: Disk = {
    write: (fd, text, position) => writeSync(fd, text, position),
    sync: (_fd, done) => setImmediate(done, broken ? new Error('EIO') : null),
  };
  const journal = await openJournal(options(freshDir(t), { durability: 'disk', disk }));
  await t.rejects(Promise.resolve(journal.append('{"a":1}')), { code: 'journal_full' });
  broken = false;
  await journal.append('{"b":2}');
  t.same(await readAll(journal.reader), ['{"a":1}', '{"b":2}']);
  await journal.close();
});

t.test(
  'a process that died before its first record is buried too, one that has just begun is not',
  async (t) => {
    const dir = freshDir(t);
    mkdirSync(join(dir, 'starting'));
    const journal = await openJournal(options(dir));
    t.same(await adoptJournals(dir, log), [], 'it lives');
    // as a kill leaves it: the folder with its reserve, and nobody who holds the lock
    mkdirSync(join(dir, 'dead'));
    writeFileSync(join(dir, 'dead', RESERVE_FILE), '');
    const [orphan] = await adoptJournals(dir, log);
    t.equal(orphan?.nodeId, 'dead');
    t.equal(await orphan?.reader.next(10, 1000), undefined);
    await orphan?.close();
    await journal.close();
    t.same(readdirSync(dir), ['starting']);
  },
);
