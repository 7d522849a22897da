import { randomFillSync } from 'node:crypto';

/** Fills the bytes with randomness; a parameter, so that tests can be deterministic. */
export type RandomBytes = (target: Uint8Array) => void;

const POOL_BYTES = 4096;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Randomness from the kernel, drawn in blocks: one system call for some 400 ids instead of one each. */
export const systemRandom: RandomBytes = (target) => {
  if (used + target.length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  target.set(pool.subarray(used, used + target.length));
  pool.fill(0, used, used + target.length);
  used += target.length;
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const scratch = new Uint8Array(10);

/**
 * A UUID version 7 (RFC 9562 §5.7): 48 bits of epoch milliseconds, then randomness. Ids sort by time, which
 * keeps B-tree inserts at the right edge.
 */
export function uuidv7(nowMs: number, random: RandomBytes = systemRandom): string {
  random(scratch);
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0');
  const h = (index: number): string => HEX[scratch[index] as number] as string;
  const versioned = HEX[((scratch[0] as number) & 0x0f) | 0x70] as string;
  const variant = HEX[((scratch[2] as number) & 0x3f) | 0x80] as string;
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}${h(1)}-${variant}${h(3)}-${h(4)}${h(5)}${h(6)}${h(7)}${h(8)}${h(9)}`;
}
