/**
 * The primary of a node with several workers: starts them and starts them again, shares out the port, counts limits
 * for all of them and adds up their metrics. It serves no request itself and knows no house, so that it has little to
 * fail by; when it is killed, its workers end with it.
 */
import { hostname } from 'node:os';
import type { Config } from '../../config/index.ts';
import type { Clock } from '../../core/clock.ts';
import { type RandomBytes, uuidv7 } from '../../core/ids.ts';
import type { Demo } from '../../identity/setup.ts';
import type { Log } from '../../telemetry/log.ts';
import { openPostgres } from '../postgres.ts';
import { Crew } from './crew.ts';
import { claimPort } from './port.ts';
import { shareOf } from './share.ts';

export interface PrimarySurroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Takes what the workers write to standard output, in whole lines. */
  readonly output: (lines: string) => void;
}

/** Beyond the grace, a worker moves its journal into Postgres and gives its leases back. */
const LAST_WORDS_MS = 15_000;

/**
 * @throws Explained what the first worker said, when it could not start; nothing is left running then
 */
export async function openWorkers(
  config: Config,
  count: number,
  { log, clock, random, output }: PrimarySurroundings,
  onDemo: (demo: Demo) => void,
): Promise<{ readonly origin: string; readonly stop: () => Promise<void> }> {
  const port = await claimPort(config.server);
  const postgres = await openPostgres(config, log);
  const crew = new Crew({
    count,
    config: shareOf(config, count, port, postgres.url),
    nodeName: `${hostname()}-${uuidv7(clock.now(), random)}`,
    clock,
    log,
    output,
    onDemo,
  });
  const stop = async (): Promise<void> => {
    await crew.stop(config.server.shutdown_grace_ms + LAST_WORDS_MS);
    await postgres.stop();
  };
  try {
    return { origin: await crew.start(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
