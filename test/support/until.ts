import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; fails after a time that only a defect reaches. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so after ${limitMs} ms: ${condition}`);
    await sleep(5);
  }
}
