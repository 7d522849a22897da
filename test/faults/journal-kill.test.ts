import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { adoptJournals } from '../../src/storage/journal/adopt.ts';
import type { JournalReader } from '../../src/storage/journal/reader.ts';
import { silent } from '../support/database.ts';

function freshDir(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-kill-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function readIds(reader: JournalReader): Promise<string[]> {
  const ids: string[] = [];
  for (let chunk = await reader.next(100, 10_000); chunk; chunk = await reader.next(100, 10_000)) {
    ids.push(...chunk.records.map((record) => (JSON.parse(record) as { id: string }).id));
    await reader.commit(chunk);
  }
  return ids;
}

/** Runs a writer until it has acknowledged so many records, kills it, and returns all it had acknowledged. */
async function writeUntilKilled(dir: string, nodeId: string, records: number, durability = 'process') {
  const script = new URL('../support/journal-writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dir, nodeId, durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
    if (out.split('\n').length > records) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return out.slice(0, out.lastIndexOf('\n')).split('\n');
}

t.test('kill -9 at any moment: what was acknowledged is found, in order, once', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const dir = freshDir(t);
    const acknowledged = await writeUntilKilled(dir, `n${round}`, 1 + round * 37);
    const [orphan] = await adoptJournals(dir, silent);
    if (!orphan) return t.fail('the journal of the dead process was not adopted');
    const found = await readIds(orphan.reader);
    await orphan.close();
    t.same(found.slice(0, acknowledged.length), acknowledged, `round ${round}`);
    t.ok(found.length <= acknowledged.length + 1, 'at most the one that was under way is there besides');
    t.same(readdirSync(dir), [], 'nothing is left behind');
  }
});

t.test('kill -9 with durability disk', async (t) => {
  const dir = freshDir(t);
  const acknowledged = await writeUntilKilled(dir, 'd', 25, 'disk');
  const [orphan] = await adoptJournals(dir, silent);
  if (!orphan) return t.fail('not adopted');
  t.same((await readIds(orphan.reader)).slice(0, acknowledged.length), acknowledged);
  await orphan.close();
});

t.test('the journal of a living process is not adopted; when it dies, it is', async (t) => {
  const dir = freshDir(t);
  const script = new URL('../support/journal-writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dir, 'alive'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  t.same(await adoptJournals(dir, silent), [], 'its lock is held');
  child.stdout.resume();
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  const [orphan] = await adoptJournals(dir, silent);
  t.ok(orphan);
  await orphan?.close();
});
