/** A folder of files that people edit while the gateway runs: read as a whole, told when it changes. */
import { watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileProblems } from '../core/strict-yaml.ts';

export interface FolderFile {
  /** Folder and name, as it should appear in messages. */
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/**
 * The files whose names pass, in the order of their names. Subfolders are not entered.
 *
 * @param setting the setting that names the folder, for the hint
 * @throws FileProblems when it cannot be read: a misspelt folder must not mean "no files"
 */
export async function readFolder(
  folder: string,
  wanted: (name: string) => boolean,
  setting: string,
): Promise<FolderFile[]> {
  try {
    const names = (await readdir(folder)).filter(wanted).sort();
    return await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, name, text: await readFile(path, 'utf8') };
      }),
    );
  } catch (error) {
    const message = `the folder cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
    const hint = `create it, or set ${setting}`;
    throw new FileProblems([{ file: folder, line: 0, column: 0, path: '', message, hint }]);
  }
}

export interface FolderWatch {
  close(): void;
}

/**
 * Begins with the folder as it is when the promise resolves, so read it after that: no change is missed.
 * Calls `changed` soon after files whose names pass were written, added, renamed or removed. `fs.watch`
 * is quick but misses changes on network mounts and swapped symlinks, so a comparison of sizes and times
 * stands behind it.
 *
 * @param pollMs how often to compare
 * @param settleMs how long the folder must be quiet, so that a half-written set is not read
 */
export async function watchFolder(
  folder: string,
  wanted: (name: string) => boolean,
  changed: () => void,
  { pollMs = 1000, settleMs = 50 }: { pollMs?: number; settleMs?: number } = {},
): Promise<FolderWatch> {
  let seen = await fingerprint(folder, wanted);
  let closed = false;
  let settling: NodeJS.Timeout | undefined;

  const compare = async (): Promise<void> => {
    const now = await fingerprint(folder, wanted);
    if (closed || now === seen) return;
    seen = now;
    changed();
  };
  const soon = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void compare(), settleMs).unref();
  };

  const poll = setInterval(() => void compare(), pollMs).unref();
  const watcher = watchQuietly(folder, soon);
  return {
    close: () => {
      closed = true;
      clearTimeout(settling);
      clearInterval(poll);
      watcher?.close();
    },
  };
}

function watchQuietly(folder: string, soon: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, soon);
    // A folder that vanished or a platform without inotify: the comparison goes on.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // no inotify here, or too many watches: the comparison goes on
    return undefined;
  }
}

async function fingerprint(folder: string, wanted: (name: string) => boolean): Promise<string> {
  try {
    const names = (await readdir(folder)).filter(wanted).sort();
    const lines = await Promise.all(
      names.map(async (name) => {
        const { mtimeMs, size, ino } = await stat(join(folder, name));
        return `${name}:${mtimeMs}:${size}:${ino}`;
      }),
    );
    return lines.join('\n');
  } catch (error) {
    return `unreadable: ${String(error)}`;
  }
}
