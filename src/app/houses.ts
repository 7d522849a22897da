/** The houses of the street, each opened with what it needs, and the stages they build. */
import { randomBytes } from 'node:crypto';
import { record } from '../audit/stage.ts';
import { type BudgetHouse, openBudgets } from '../budgets/index.ts';
import { holdBudget } from '../budgets/stage.ts';
import { MemoryAnswers, redisAnswers } from '../cache/index.ts';
import { consultCache } from '../cache/stage.ts';
import type { Config } from '../config/index.ts';
import type { Stages } from '../gateway/pipeline.ts';
import { read } from '../gateway/read.ts';
import {
  type Authenticator,
  authenticator,
  type Keyring,
  openKeyring,
  openTokenVerifier,
  type Principal,
} from '../identity/index.ts';
import { authenticate } from '../identity/stage.ts';
import {
  type Counter,
  type FallbackStats,
  memoryCounter,
  portioned,
  redisCounter,
  withFallback,
} from '../limits/index.ts';
import { admit, admitModel } from '../limits/stage.ts';
import { type PriceTable, priceTable } from '../metering/index.ts';
import { openPolicies, type Policies } from '../policies/index.ts';
import { applyPolicy } from '../policies/stage.ts';
import { openPromptRegistry, type PromptRegistry } from '../prompts/index.ts';
import { resolvePrompt } from '../prompts/stage.ts';
import {
  type BroughtKeys,
  Catalogue,
  openBroughtKeys,
  openProviders,
  type Providers,
  Vault,
} from '../providers/index.ts';
import { callKeeper, callUpstream, route } from '../providers/stage.ts';
import { Analyser, PseudonymKeys } from '../redaction/index.ts';
import { redact } from '../redaction/stage.ts';
import { Owners } from '../responses/index.ts';
import { lookUp, recall } from '../responses/stage.ts';
import { pricedProvider } from './priced-provider.ts';
import type { State, Surroundings } from './state.ts';

export interface Houses {
  readonly keyring: Keyring;
  readonly authenticator: Authenticator;
  readonly policies: Policies;
  readonly prompts: PromptRegistry;
  readonly providers: Providers;
  readonly vault: Vault;
  readonly broughtKeys: BroughtKeys;
  readonly catalogue: Catalogue;
  readonly redactionKeys: PseudonymKeys;
  readonly analyser: Analyser | undefined;
  readonly prices: PriceTable;
  readonly budgets: BudgetHouse;
  readonly stages: Stages;
  /** How often limits had to be counted without Redis. */
  readonly counting: FallbackStats;
  readonly close: () => Promise<void>;
}

export async function openHouses(config: Config, state: State, surroundings: Surroundings): Promise<Houses> {
  const { log, clock } = surroundings;
  const { db, changes } = state;
  const keyring = openKeyring({ db, clock, adminKey: config.admin.admin_key });
  await changes.watch('identity', () => keyring.reload());
  const policies = await openPolicies({
    folder: config.policies.folder,
    unmatched: config.policies.default,
    clock,
    onLoad: ({ ok, error, version }) =>
      ok
        ? log.info({ version }, 'policies are in force')
        : log.error({ error, version }, 'policies were refused; the last good ones stay in force'),
  });
  const prompts = await openPromptRegistry({
    db,
    changes,
    folder: config.prompts.folder,
    onFiles: (error) => {
      if (error !== undefined)
        log.error({ error }, 'prompt files were refused; the last good ones stay in force');
    },
  });
  const providers = openProviders(config.providers, clock);
  const vault = new Vault(
    config.provider_keys.encryption_keys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
    surroundings.random,
  );
  const broughtKeys = await openBroughtKeys({ db, providers: providers.byName, vault, log }, changes);
  const catalogue = new Catalogue(providers.byName, config.models);
  const prices = priceTable(config.prices, (name) => pricedProvider(config, name));
  const budgets = openBudgets({
    db,
    nodeId: state.nodeId,
    clock,
    settings: config.budgets,
    budgetsFor: (principal) => policies.current().budgetsFor(principal),
    log,
  });
  await budgets.watch(changes);
  const houses = {
    keyring,
    authenticator: authenticator(keyring, openTokenVerifier(config.identity, clock)),
    policies,
    prompts,
    providers,
    vault,
    broughtKeys,
    catalogue,
    redactionKeys: new PseudonymKeys(pseudonymKey(config)),
    analyser: openAnalyser(config),
    prices,
    budgets,
    counting: { alone: 0 },
  };
  return {
    ...houses,
    stages: buildStages(config, state, surroundings, houses),
    close: async () => {
      policies.close();
      prompts.close();
      await providers.close();
      await houses.analyser?.close();
    },
  };
}

function buildStages(
  config: Config,
  state: State,
  surroundings: Surroundings,
  {
    authenticator,
    policies,
    prompts,
    providers,
    catalogue,
    redactionKeys,
    analyser,
    prices,
    budgets,
    counting,
  }: Omit<Houses, 'stages' | 'close'>,
): Stages {
  const { db, journal, redis } = state;
  const { clock, log } = surroundings;
  const limiting = {
    limitsFor: (principal: Principal) => policies.current().limitsFor(principal),
    counter: counterOf(config, state, surroundings, counting),
  };
  const answers = redis ? redisAnswers(redis, log) : new MemoryAnswers(config.cache.max_bytes, clock);
  const owners = new Owners({ db });
  const { byName, deadlines } = providers;
  return {
    record: record({ journal, clock }),
    authenticate: authenticate(authenticator),
    admit: admit(limiting),
    read: read(config.server.body_limit_bytes),
    resolvePrompt: resolvePrompt({ registry: prompts }),
    applyPolicy: applyPolicy({ policies: () => policies.current(), clock }),
    redact: redact({ keys: redactionKeys, analyser }),
    consultCache: consultCache({ store: answers, maxEntryBytes: config.cache.max_entry_bytes }),
    recall: recall(owners),
    route: route(catalogue),
    admitModel: admitModel(limiting),
    holdBudget: holdBudget({ books: budgets.books, prices, clock, settings: config.budgets }),
    callUpstream: callUpstream({
      providers: byName,
      deadlines,
      retries: config.retries,
      clock,
      random: Math.random,
    }),
    lookUp: lookUp(owners),
    callKeeper: callKeeper({ catalogue, providers: byName, deadlines, clock }),
  };
}

/** Redis counts for all nodes; without it the primary for its workers; without both each process its own share. */
function counterOf(
  config: Config,
  { redis, nodes }: State,
  { clock, primary }: Surroundings,
  counting: FallbackStats,
): Counter {
  const own = memoryCounter(clock);
  const ofNode =
    primary === undefined
      ? own
      : withFallback(
          primary.counter,
          primary.counter,
          portioned(own, () => primary.crew.wanted),
        );
  if (!redis) return ofNode;
  const shared = redisCounter({
    redis,
    clock,
    slotTtlMs: config.limits.slot_ttl_seconds * 1000,
    timeoutMs: config.redis.command_timeout_ms,
  });
  return withFallback(
    redis,
    shared,
    portioned(ofNode, () => nodes.count),
    counting,
  );
}

function openAnalyser({ redaction: { analyser } }: Config): Analyser | undefined {
  return analyser.url === undefined ? undefined : new Analyser(analyser.url, analyser);
}

/** Pseudonyms stay the same over nodes and restarts only with a key from the configuration. */
function pseudonymKey(config: Config): Uint8Array {
  const { pseudonym_key: configured } = config.redaction;
  return configured === undefined ? randomBytes(32) : Buffer.from(configured, 'utf8');
}
