/** Everything the gateway holds on to outside itself: database, Redis, journal. Opened first, closed last. */
import { hostname } from 'node:os';
import { auditSink, contentSink, lossRecord, salvage } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../core/clock.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import { usageSink } from '../metering/index.ts';
import { responseSink } from '../responses/index.ts';
import { watchChanges } from '../storage/changes.ts';
import type { Changes, Database } from '../storage/database.ts';
import { adoptJournals } from '../storage/journal/adopt.ts';
import { type Drain, startDrain } from '../storage/journal/drain.ts';
import { type Journal, openJournal } from '../storage/journal/journal.ts';
import type { Sink } from '../storage/journal/sink.ts';
import { type LiveNodes, watchNodes } from '../storage/live-nodes.ts';
import { migrate } from '../storage/migrate.ts';
import { openDatabase } from '../storage/postgres.ts';
import { openRedis, type Redis } from '../storage/redis.ts';
import type { Log } from '../telemetry/log.ts';
import { openPostgres } from './postgres.ts';
import type { Primary } from './workers/link.ts';

export interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Of a worker; undefined where this process is the whole node. */
  readonly primary?: Primary;
}

export interface State {
  /** Names this start of this process: its journal and its leases are no one else's. Workers have one each. */
  readonly nodeId: string;
  readonly db: Database;
  readonly changes: Changes;
  /** undefined: none is configured. */
  readonly redis: Redis | undefined;
  readonly journal: Journal;
  readonly nodes: LiveNodes;
  readonly close: () => Promise<void>;
}

export async function openState(config: Config, surroundings: Surroundings): Promise<State> {
  const { log, clock, random, primary } = surroundings;
  const postgres = await openPostgres(config, log);
  const { url } = postgres;
  if (config.database.migrate_on_start) await migrate({ url, log });
  const { pool_size: poolSize, statement_timeout_ms: statementTimeoutMs } = config.database;
  const db = openDatabase({ url, poolSize, statementTimeoutMs, log });
  const changes = watchChanges({ url, db, log });
  const nodeId = `${hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 40)}-${uuidv7(clock.now(), random)}`;
  const { redis } = config;
  const shared = redis.url === undefined ? undefined : openRedis({ ...redis, url: redis.url }, log);
  const journal = await openNodeJournal(config, nodeId, { log, clock, random });
  const nodes = await watchNodes(db, primary?.nodeName ?? nodeId, log);
  return {
    nodeId,
    db,
    changes,
    redis: shared,
    journal,
    nodes,
    close: async () => {
      await nodes.close();
      await journal.close();
      await changes.close();
      await shared?.close();
      await db.close();
      await postgres.stop();
    },
  };
}

function openNodeJournal(
  config: Config,
  nodeId: string,
  { log, clock, random }: Surroundings,
): Promise<Journal> {
  const { dir, durability, segment_bytes, max_bytes, when_full } = config.journal;
  return openJournal({
    dir,
    nodeId,
    durability,
    segmentBytes: segment_bytes,
    maxBytes: max_bytes,
    fullAction: when_full,
    clock,
    log,
    describeLoss: (lost) => lossRecord(lost, clock, random),
  });
}

/** Moves this node's records, and those that dead nodes left behind, into Postgres. */
export async function drainJournals(
  config: Config,
  state: State,
  budgets: Sink,
  log: Log,
  onOrphanDrained: (nodeId: string) => void,
): Promise<Drain> {
  const orphans = await adoptJournals(config.journal.dir, log);
  return startDrain({
    journal: state.journal,
    orphans,
    db: state.db,
    // The audit sink comes first: it finds out which records are new, and only those settle the ledger.
    sinks: [auditSink, contentSink, usageSink, budgets, responseSink],
    salvage,
    onOrphanDrained,
    log,
  });
}
