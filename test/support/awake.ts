/**
 * How long something took of the time in which this process was awake, for promises in milliseconds that a busy machine keeps too:
 * a process that gets no processor hears one tick, however many have passed, and waits for nobody meanwhile.
 */

const TICK_MS = 5;

/** @returns milliseconds, in steps of five */
export async function awakeMs(work: () => Promise<unknown>): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, TICK_MS);
  try {
    await work();
    return ticks * TICK_MS;
  } finally {
    clearInterval(timer);
  }
}
