import type { Config } from '../../config/index.ts';
import { formatUsd, parseUsd } from '../../core/money.ts';

const LEAST_CONNECTIONS = 2;

/**
 * The configuration of one worker. What a setting allows a node, its workers share; what stands in it for one
 * request or one file is the same for all.
 * @param port that they share
 * @param databaseUrl where the primary has opened it
 */
export function shareOf(config: Config, workers: number, port: number, databaseUrl: string): Config {
  const share = (amount: number, least: number): number => Math.max(least, Math.floor(amount / workers));
  const { database, budgets, cache, server } = config;
  return {
    ...config,
    database: { ...database, url: databaseUrl, pool_size: share(database.pool_size, LEAST_CONNECTIONS) },
    budgets: {
      ...budgets,
      outage_allowance_usd: formatUsd(parseUsd(budgets.outage_allowance_usd) / BigInt(workers)),
    },
    cache: { ...cache, max_bytes: share(cache.max_bytes, 0) },
    server: { ...server, port, key_failures_per_minute: share(server.key_failures_per_minute, 1) },
  };
}
