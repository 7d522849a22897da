/** Puts the gateway together: the only place that sees every house. */
import type { ListenOptions } from 'node:net';
import type { FastifyInstance, FastifyListenOptions } from 'fastify';
import { adminApi } from '../admin/index.ts';
import { recordAdmin } from '../audit/index.ts';
import { auditRoutes } from '../audit/routes.ts';
import { budgetRoutes } from '../budgets/routes.ts';
import type { Config } from '../config/index.ts';
import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { formatUsd } from '../core/money.ts';
import { keyGuard, openDoor } from '../gateway/door.ts';
import { countCalls, observer } from '../gateway/observe.ts';
import { Active } from '../gateway/serve.ts';
import { findOrgId } from '../identity/index.ts';
import { identityRoutes } from '../identity/routes.ts';
import { type Demo, ensureDemo } from '../identity/setup.ts';
import { attemptCost, estimateUsage } from '../metering/index.ts';
import { priceRoutes, usageRoutes } from '../metering/routes.ts';
import { policyRoutes } from '../policies/routes.ts';
import { promptRoutes } from '../prompts/routes.ts';
import { providerRoutes } from '../providers/routes.ts';
import { redactionRoutes } from '../redaction/routes.ts';
import { modelsOf } from '../routing/index.ts';
import { modelRoutes } from '../routing/routes.ts';
import type { Drain } from '../storage/journal/drain.ts';
import { openAccessLog } from '../telemetry/log.ts';
import { gauge, openMetrics } from '../telemetry/metrics.ts';
import { openTraces } from '../telemetry/traces.ts';
import { gauges } from './gauges.ts';
import { healthChecks } from './health.ts';
import { type Houses, openHouses } from './houses.ts';
import { listingOf } from './models.ts';
import { newServer } from './server.ts';
import { drainJournals, openState, type State, type Surroundings } from './state.ts';
import { startUpkeep } from './upkeep.ts';
import { VERSION } from './version.ts';
import { SHARES_PORTS } from './workers/port.ts';

export interface Gateway {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  /** Lets running requests end (up to the grace), flushes the journal, gives leases back. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** How long requests that were cut have for their last words. */
const CUT_MS = 1_000;
/** How long a shutdown waits for the journal; what is left is drained by the next start. */
const FLUSH_MS = 10_000;

/**
 * @param onDemo given the demo organisation's keys as soon as they exist: they must not be lost where a later part
 *   of this first start fails
 * @throws Error that says what to do, when a part cannot be opened; nothing is left running then
 */
export async function openGateway(
  config: Config,
  surroundings: Surroundings,
  onDemo: (demo: Demo) => void,
): Promise<Gateway> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const state = await openState(config, surroundings);
    closing.push(state.close);
    const demo = await ensureDemo(state.db, surroundings.random, surroundings.clock);
    if (demo) onDemo(demo);
    const houses = await openHouses(config, state, surroundings);
    closing.push(houses.close);
    const { budgets } = houses;
    const drain = await drainJournals(config, state, budgets.sink, surroundings.log, (nodeId) => {
      budgets
        .reclaim(nodeId)
        .catch((error: unknown) =>
          surroundings.log.warn({ error: String(error), nodeId }, 'leases come back when they expire'),
        );
    });
    closing.push(() => drain.stop());
    budgets.start();
    closing.push(async () => {
      await budgets.close();
      // nothing of this node is under way any more: a lease that is still there was granted without its hearing of it
      if (state.journal.stats.pendingRecords === 0) await budgets.reclaim(state.nodeId);
    });
    const server = await openServer(config, surroundings, state, houses, drain);
    return {
      origin: server.origin,
      stop: once(() => shutDown(config, surroundings, server, houses, drain, closing)),
    };
  } catch (error) {
    // the first error is the one to mend; what fails to close after it is its consequence
    for (const close of closing.reverse()) await close().catch(() => undefined);
    throw error;
  }
}

interface Server {
  readonly app: FastifyInstance;
  readonly origin: string;
  readonly drainTraffic: () => void;
  readonly active: Active;
  readonly close: () => Promise<void>;
}

async function openServer(
  config: Config,
  { log, clock, random, primary }: Surroundings,
  state: State,
  houses: Houses,
  drain: Drain,
): Promise<Server> {
  const { prices, stages, prompts } = houses;
  const listing = listingOf(houses, clock);
  const metrics = openMetrics();
  const traces = await openTraces(config.telemetry);
  gauges(metrics, state, houses, drain, primary);
  houses.shadows.watch((x) => countCalls(metrics, x));
  const active = new Active();
  gauge(metrics, 'sluice_requests_active', 'Requests being served now.', () => active.size);
  primary?.reportFrom(() => metrics.registry.getMetricsAsJSON());
  let draining = false;
  const app = newServer({
    settings: config.server,
    log,
    metricsKey: config.telemetry.metrics_key,
    scrape: () => primary?.scrape() ?? metrics.registry.metrics(),
    checks: healthChecks(state, houses, drain, primary),
    draining: () => draining,
    page: {
      version: VERSION,
      providers: [...houses.providers.byName.keys()],
      exampleModel: exampleModel(houses),
    },
  });
  const guard = await keyGuard(app, config.server.key_failures_per_minute);
  await adminApi(app, {
    routes: adminRoutes(state, houses, { log, clock, random }),
    authenticator: houses.authenticator,
    findOrg: (reference) => findOrgId(state.db, reference),
    recordAdmin: (entry) => recordAdmin(state.journal, entry, random),
    guard,
    logFault: (fault, requestId) =>
      log.error({ requestId, fault: fault.code, internal: fault.details.internal }, 'admin API fault'),
    clock,
    version: VERSION,
  });
  await openDoor(app, {
    stages,
    clock,
    random,
    maxAnswerBytes: config.server.answer_limit_bytes,
    costUsd: (attempt: Attempt, orgSlug: string) => {
      const cost = attemptCost(prices, attempt, orgSlug);
      return cost && formatUsd(cost.picoUsd);
    },
    estimateUsage,
    observe: observer({
      metrics,
      log,
      traces,
      accessLog: config.telemetry.access_log ? openAccessLog(log) : undefined,
    }),
    modelsOf: (principal) => [
      ...modelsOf(listing, principal),
      ...prompts.listed(principal).map((id) => ({ id, ownedBy: principal.orgSlug, createdAt: 0 })),
    ],
    guard,
    draining: () => draining,
    active,
  });
  const { host, port } = config.server;
  const address: FastifyListenOptions & ListenOptions = {
    host,
    port,
    reusePort: primary !== undefined && SHARES_PORTS,
  };
  await app.listen(address);
  if (config.telemetry.metrics_key === undefined && !isLoopback(host))
    log.warn({}, 'whoever reaches the port reads /metrics: set telemetry.metrics_key, or shield the path');
  const { unowned_retention_days: unownedDays, audit_least_retention_days: auditLeastDays } = config.database;
  const stopUpkeep = startUpkeep({ db: state.db, clock, log, retention: { unownedDays, auditLeastDays } });
  return {
    app,
    origin: originOf(app),
    drainTraffic: () => {
      draining = true;
    },
    active,
    close: async () => {
      await app.close();
      await stopUpkeep();
      await traces?.close();
    },
  };
}

/** Every house's admin routes; a new house's are one line here. */
function adminRoutes({ db }: State, houses: Houses, { clock, random }: Surroundings) {
  const { keyring, policies, prompts, prices, providers, vault, broughtKeys, redactionKeys } = houses;
  return [
    ...identityRoutes({ db, clock, random, reload: () => keyring.reload() }),
    ...promptRoutes({ db, registry: prompts, clock }),
    ...policyRoutes({ policies: () => policies.current(), orgSlug: (orgId) => prompts.orgSlug(orgId) }),
    ...budgetRoutes({
      db,
      clock,
      policyBudgets: (orgId, orgSlug) => policies.current().budgetsOf(orgId, orgSlug),
    }),
    ...providerRoutes({ db, clock, random, providers: providers.byName, vault, broughtKeys }),
    ...redactionRoutes({
      keys: redactionKeys,
      entities: (orgId) => policies.current().entitiesOf(orgId, prompts.orgSlug(orgId) ?? orgId),
    }),
    ...modelRoutes(listingOf(houses, clock)),
    ...usageRoutes(db, clock),
    ...priceRoutes({
      prices,
      models: () => catalogueModels(providers),
      orgSlug: (orgId) => (orgId === '' ? '' : (prompts.orgSlug(orgId) ?? '')),
      clock,
    }),
    ...auditRoutes(db),
  ];
}

/** Every model that a provider is known to have. */
function catalogueModels({ byName }: Houses['providers']) {
  return [...byName.values()].flatMap(({ name, knownModels }) =>
    knownModels.map((model) => ({ provider: name, model })),
  );
}

/** A model that answers here and now, for the page at `/`: the simulator's where it is on. */
function exampleModel({ providers }: Houses): string {
  const all = [...providers.byName.values()];
  const shown = all.find((provider) => provider.kind === 'simulated') ?? all[0];
  return shown?.knownModels[0] ?? 'gpt-4o-mini';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function originOf(app: FastifyInstance): string {
  const address = app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function shutDown(
  config: Config,
  { clock, log }: Surroundings,
  server: Server,
  houses: Houses,
  drain: Drain,
  closing: readonly (() => Promise<unknown>)[],
): Promise<void> {
  server.drainTraffic();
  const deadline = clock.elapsed() + config.server.shutdown_grace_ms;
  log.info({ active: server.active.size }, 'shutting down: running requests may end');
  await idle(server.active, clock, deadline);
  await houses.shadows.stop();
  if (server.active.size > 0) {
    log.warn({ active: server.active.size }, 'the grace is over: what still runs is cut');
    server.active.cut(new Fault('shutting_down', 'This node shut down before the answer was complete.'));
    await idle(server.active, clock, clock.elapsed() + CUT_MS);
  }
  server.app.server.closeAllConnections();
  await server.close();
  if (!(await drain.flush(FLUSH_MS)))
    log.warn({}, 'the journal is not empty; the next start drains the rest');
  for (const close of [...closing].reverse()) {
    await close().catch((error: unknown) => log.error({ error: String(error) }, 'a part did not close'));
  }
}

async function idle(active: Active, clock: Clock, deadlineMs: number): Promise<void> {
  while (active.size > 0 && clock.elapsed() < deadlineMs)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
