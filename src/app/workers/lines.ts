import type { Readable } from 'node:stream';

const NEWLINE = 10;

/** Hands on what comes in whole lines, however it was cut on the way; what is left at the end, as it is. */
export function wholeLines(from: Readable, to: (lines: string) => void): void {
  let held: Buffer[] = [];
  const hand = (): void => {
    if (held.length > 0) to(Buffer.concat(held).toString('utf8'));
    held = [];
  };
  from.on('data', (chunk: Buffer) => {
    const cut = chunk.lastIndexOf(NEWLINE) + 1;
    if (cut === 0) {
      held.push(chunk);
      return;
    }
    held.push(chunk.subarray(0, cut));
    hand();
    if (cut < chunk.length) held.push(chunk.subarray(cut));
  });
  from.once('end', hand);
}
