import { Redis as Client, Cluster } from 'ioredis';
import type { RedisSettings } from './settings.ts';

/** A connection to one server, or to all masters of a cluster. */
export interface RedisClient {
  readonly commands: Client | Cluster;
  /** Resolves when every server answers that a key may lie on. */
  ping(): Promise<unknown>;
}

const RECONNECT_MOST_MS = 2_000;

/** Connects when it is told to; nothing waits for a connection, and no command is sent twice. */
export function redisClient(settings: RedisSettings & { readonly url: string }): RedisClient {
  return settings.cluster ? cluster(settings, settings.url) : single(settings, settings.url);
}

function single(settings: RedisSettings, url: string): RedisClient {
  const client = new Client(url, {
    ...connection(settings),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    retryStrategy: reconnectAfterMs,
  });
  return { commands: client, ping: () => client.ping() };
}

/** The url is one of its servers; the others are found through it, and reached with the same credentials. */
function cluster(settings: RedisSettings, url: string): RedisClient {
  const { username, password, protocol } = new URL(url);
  const client = new Cluster([url], {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: reconnectAfterMs,
    clusterNodeRetryStrategy: reconnectAfterMs,
    slotsRefreshTimeout: settings.connect_timeout_ms,
    redisOptions: {
      ...connection(settings),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
  return {
    commands: client,
    ping: () => Promise.all(client.nodes('master').map((master) => master.ping())),
  };
}

function connection(settings: RedisSettings) {
  return {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: settings.connect_timeout_ms,
    connectionName: 'sluice',
  };
}

function reconnectAfterMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_MOST_MS);
}
