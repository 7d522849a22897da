import pg from 'pg';
import type { Changes, Database, SnapshotHouse } from './database.ts';
import type { Log } from './log.ts';
import { snapshotVersions } from './schema.ts';

export interface ChangesOptions {
  readonly url: string;
  readonly db: Database;
  /** How often versions are compared besides; bounds the delay where notifications get lost (behind PgBouncer, say). */
  readonly pollMs?: number;
  readonly log: Log;
}

const POLL_MS = 500;
const RECONNECT_MS = 100;
const RECONNECT_MOST_MS = 5_000;

/**
 * Watches `snapshot_versions`: a notification, and behind it a poll, lead to a look at the versions; a house
 * whose version is not the one it last loaded reloads. Since the version is read before the reload, a change
 * during a reload leads to another one; since it counts as loaded only afterwards, a failed reload is tried
 * again with the next look, while the house goes on with its last good snapshot.
 */
export function watchChanges(options: ChangesOptions): Changes {
  const { db, log } = options;
  const watchers = new Map<SnapshotHouse, Watcher>();
  const versions = new Versions(db, log, (found) => {
    for (const [house, watcher] of watchers) watcher.want(found.get(house));
  });
  const listener = new Listener(options.url, log, () => versions.look());
  const timer = setInterval(() => versions.look(), options.pollMs ?? POLL_MS);

  return {
    async watch(house, reload) {
      const watcher = new Watcher(house, reload, log);
      await watcher.start((await versions.read()).get(house));
      watchers.set(house, watcher);
      versions.look();
    },
    async close() {
      clearInterval(timer);
      await listener.close();
      await versions.close();
      await Promise.all([...watchers.values()].map((watcher) => watcher.close()));
    },
  };
}

/** Looks at the versions, one query at a time; a look that is asked for meanwhile follows it. */
class Versions {
  readonly #db: Database;
  readonly #log: Log;
  readonly #found: (versions: Map<string, bigint>) => void;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #failing = false;

  constructor(db: Database, log: Log, found: (versions: Map<string, bigint>) => void) {
    this.#db = db;
    this.#log = log;
    this.#found = found;
  }

  async read(): Promise<Map<string, bigint>> {
    const rows = await this.#db.load((tx) => tx.select().from(snapshotVersions));
    return new Map(rows.map((row) => [row.house, row.version]));
  }

  look(): void {
    this.#again = true;
    this.#looking ??= this.#loop().finally(() => {
      this.#looking = undefined;
    });
  }

  async #loop(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        this.#found(await this.read());
        if (this.#failing) this.#log.info({}, 'changes are being watched again');
        this.#failing = false;
      } catch (error) {
        if (!this.#failing)
          this.#log.error({ err: error }, 'changes cannot be watched; snapshots stay as they are');
        this.#failing = true;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
  }
}

/** Keeps one house at the version that is wanted of it, one reload at a time. */
class Watcher {
  readonly #house: SnapshotHouse;
  readonly #reload: () => Promise<void>;
  readonly #log: Log;
  #loaded: bigint | undefined;
  #wanted: bigint | undefined;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(house: SnapshotHouse, reload: () => Promise<void>, log: Log) {
    this.#house = house;
    this.#reload = reload;
    this.#log = log;
  }

  /** The first load, whose failure is the caller's to handle: there is no good snapshot yet. */
  async start(version: bigint | undefined): Promise<void> {
    await this.#reload();
    this.#loaded = version;
    this.#wanted = version;
  }

  want(version: bigint | undefined): void {
    this.#wanted = version;
    if (version === this.#loaded) return;
    this.#running ??= this.#catchUp().finally(() => {
      this.#running = undefined;
    });
  }

  async #catchUp(): Promise<void> {
    while (this.#wanted !== this.#loaded) {
      const version = this.#wanted;
      try {
        await this.#reload();
      } catch (error) {
        if (!this.#failing)
          this.#log.error({ err: error, house: this.#house }, 'a reload failed and is being tried again');
        this.#failing = true;
        return;
      }
      if (this.#failing) this.#log.info({ house: this.#house }, 'the reload worked again');
      this.#failing = false;
      this.#loaded = version;
    }
  }

  async close(): Promise<void> {
    this.#wanted = this.#loaded;
    await this.#running;
  }
}

/** A connection that listens for `sluice_changed` and comes back by itself. */
class Listener {
  readonly #url: string;
  readonly #log: Log;
  readonly #heard: () => void;
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #delayMs = RECONNECT_MS;
  #closed = false;

  constructor(url: string, log: Log, heard: () => void) {
    this.#url = url;
    this.#log = log;
    this.#heard = heard;
    this.#connect();
  }

  #connect(): void {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'sluice changes',
      connectionTimeoutMillis: RECONNECT_MOST_MS,
      keepAlive: true,
    });
    this.#client = client;
    client.on('notification', this.#heard);
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, undefined));
    client
      .connect()
      .then(() => client.query('LISTEN sluice_changed'))
      .then(
        () => {
          this.#delayMs = RECONNECT_MS;
          // what was notified while nobody listened
          this.#heard();
        },
        (error: Error) => this.#lost(client, error),
      );
  }

  #lost(client: pg.Client, error: Error | undefined): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    // it is broken already
    client.end().catch(() => undefined);
    this.#log.warn(
      { error: error?.message },
      'the connection that listens for changes was lost; polling goes on',
    );
    this.#retry = setTimeout(() => this.#connect(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, RECONNECT_MOST_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    // a connection that breaks while it is closed is closed
    await this.#client?.end().catch(() => undefined);
  }
}
