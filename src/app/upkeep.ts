import type { Clock } from '../core/clock.ts';
import { foldRollups } from '../metering/index.ts';
import type { Database } from '../storage/database.ts';
import type { Log } from '../storage/log.ts';
import { keepPartitions } from '../storage/partitions.ts';
import { expireRecords, type Retention } from '../storage/retention.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface UpkeepDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Pick<Retention, 'unownedDays' | 'auditLeastDays'>;
}

interface Chore {
  readonly everyMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** What is said when it fails; it is tried again the next time. */
  readonly failure: string;
}

/**
 * What keeps the tables in order behind the traffic: at once, so that a node that is restarted every day does it too,
 * and then again and again.
 * @returns ends it; waits for what is being done
 */
export function startUpkeep({ db, clock, log, retention }: UpkeepDeps): () => Promise<void> {
  const stopping = new AbortController();
  const chores: readonly Chore[] = [
    {
      everyMs: HOUR_MS,
      run: async (signal) => {
        await keepPartitions(db);
        const expired = await expireRecords(db, { ...retention, nowMs: clock.now(), signal });
        if (expired.rows + expired.partitions > 0)
          log.info(expired, 'records past their retention were deleted');
      },
      failure: 'partitions could not be kept',
    },
    {
      // so many rows of the last minute are what a statement has to add up more than it must
      everyMs: MINUTE_MS,
      run: async () => void (await foldRollups(db)),
      failure: 'usage could not be folded; the statement adds it up all the same',
    },
  ];
  const stops = chores.map((chore) => repeat(chore, stopping.signal, log));
  return async () => {
    stopping.abort();
    await Promise.all(stops.map((stop) => stop()));
  };
}

function repeat({ everyMs, run, failure }: Chore, signal: AbortSignal, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  const turn = (): void => {
    // one that takes longer than its interval is not doubled
    running ??= run(signal)
      .catch((error: unknown) => log.error({ error: String(error) }, failure))
      .finally(() => {
        running = undefined;
      });
  };
  turn();
  const timer = setInterval(turn, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
