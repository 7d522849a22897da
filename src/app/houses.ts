/** The houses of the street, each opened with what it needs, and the stages they build. */
import { randomBytes } from 'node:crypto';
import { record } from '../audit/stage.ts';
import { type BudgetHouse, openBudgets } from '../budgets/index.ts';
import { holdBudget } from '../budgets/stage.ts';
import {
  type AnswerStore,
  MemoryAnswers,
  redisAnswers,
  Semantic,
  sealedAnswers,
  Vectors,
} from '../cache/index.ts';
import { consultCache } from '../cache/stage.ts';
import type { Config } from '../config/index.ts';
import { embed } from '../gateway/embed.ts';
import { mirror } from '../gateway/mirror.ts';
import type { Stages } from '../gateway/pipeline.ts';
import { read } from '../gateway/read.ts';
import { Shadows } from '../gateway/shadow.ts';
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
import { admit, admitCall } from '../limits/stage.ts';
import { estimateUsage } from '../metering/index.ts';
import { type HasVerdict, openPolicies, type Policies } from '../policies/index.ts';
import { applyPolicy } from '../policies/stage.ts';
import { openPromptRegistry, type PromptRegistry } from '../prompts/index.ts';
import { resolvePrompt } from '../prompts/stage.ts';
import { type BroughtKeys, openBroughtKeys, Vault } from '../providers/index.ts';
import { callKeeper, callUpstream } from '../providers/stage.ts';
import { Analyser, PseudonymKeys } from '../redaction/index.ts';
import { keepUnjudged, redact } from '../redaction/stage.ts';
import { Owners } from '../responses/index.ts';
import { lookUp, recall } from '../responses/stage.ts';
import { startChecks } from '../routing/index.ts';
import { route } from '../routing/stage.ts';
import { type ModelHouses, openModels } from './models.ts';
import type { State, Surroundings } from './state.ts';

export interface Houses extends ModelHouses {
  readonly keyring: Keyring;
  readonly authenticator: Authenticator;
  readonly policies: Policies;
  readonly prompts: PromptRegistry;
  readonly vault: Vault;
  readonly broughtKeys: BroughtKeys;
  readonly redactionKeys: PseudonymKeys;
  readonly analyser: Analyser | undefined;
  readonly budgets: BudgetHouse;
  readonly shadows: Shadows;
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
  const models = openModels(config, clock);
  const vault = new Vault(
    config.provider_keys.encryption_keys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
    surroundings.random,
  );
  const broughtKeys = await openBroughtKeys({ db, providers: models.providers.byName, vault, log }, changes);
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
    ...models,
    vault,
    broughtKeys,
    redactionKeys: new PseudonymKeys(pseudonymKey(config)),
    analyser: openAnalyser(config),
    budgets,
    counting: { alone: 0 },
    shadows: new Shadows({
      clock,
      random: surroundings.random,
      estimateUsage,
      most: config.routing.mirrors_at_once,
    }),
  };
  const stages = buildStages(config, state, surroundings, houses);
  houses.shadows.through(stages);
  const checks = healthChecks(config, models, log);
  return {
    ...houses,
    stages,
    close: async () => {
      checks?.stop();
      policies.close();
      prompts.close();
      await models.providers.close();
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
    groups,
    targets,
    redactionKeys,
    analyser,
    prices,
    budgets,
    counting,
    shadows,
  }: Omit<Houses, 'stages' | 'close'>,
): Stages {
  const { db, journal, redis } = state;
  const { clock, log } = surroundings;
  const limiting = {
    limitsFor: (principal: Principal) => policies.current().limitsFor(principal),
    counter: counterOf(config, state, surroundings, counting),
  };
  const owners = new Owners({ db });
  const { byName, deadlines } = providers;
  return {
    record: record({
      journal,
      clock,
      unjudged: keepUnjudged(redactionKeys, (principal) => policies.current().redactionFor(principal)),
    }),
    authenticate: authenticate(authenticator),
    admit: admit(limiting),
    read: read(config.server.body_limit_bytes),
    resolvePrompt: resolvePrompt({ registry: prompts }),
    applyPolicy: applyPolicy({ policies: () => policies.current(), clock }),
    redact: redact({ keys: redactionKeys, analyser }),
    consultCache: consultCache({
      store: answersOf(config, redis, { clock, log }),
      maxEntryBytes: config.cache.max_entry_bytes,
      waitMs: config.cache.wait_ms,
      clock,
      semantic: new Semantic({
        vectors: new Vectors(config.cache.semantic_max_questions),
        // the pipeline proves that the verdict is there; the cache, which policies import, knows only its part of it
        embed: (x, model, text) => embed(shadows, x as typeof x & HasVerdict, model, text),
        waitMs: config.cache.semantic_wait_ms,
        clock,
      }),
    }),
    recall: recall(owners),
    route: route({
      catalogue,
      groups,
      states: targets,
      prices,
      random: Math.random,
      now: () => clock.now(),
    }),
    admitCall: admitCall({ ...limiting, uncappedOutputTokens: config.limits.uncapped_output_tokens }),
    holdBudget: holdBudget({ books: budgets.books, prices, clock, settings: config.budgets }),
    callUpstream: callUpstream({
      providers: byName,
      deadlines,
      standings: targets,
      estimateUsage,
      retries: config.retries,
      clock,
      random: Math.random,
      mirror: (x) => mirror(shadows, x),
    }),
    lookUp: lookUp(owners),
    callKeeper: callKeeper({ catalogue, providers: byName, deadlines, clock }),
  };
}

function healthChecks({ routing, providers }: Config, { targets }: ModelHouses, log: Surroundings['log']) {
  const { interval_ms: intervalMs, timeout_ms: timeoutMs } = routing.health_checks;
  if (intervalMs === 0) return undefined;
  const urls = new Map<string, string>();
  for (const [name, settings] of Object.entries(providers)) {
    if (settings.enabled && 'base_url' in settings && settings.base_url !== undefined)
      urls.set(name, settings.base_url);
  }
  return startChecks({ urls, intervalMs, timeoutMs, saw: (name, up) => targets.saw(name, up), log });
}

function answersOf(
  { cache }: Config,
  redis: State['redis'],
  { clock, log }: Pick<Surroundings, 'clock' | 'log'>,
): AnswerStore {
  const answers = redis ? redisAnswers(redis, log) : new MemoryAnswers(cache.max_bytes, clock);
  return cache.encryption_key === undefined ? answers : sealedAnswers(answers, cache.encryption_key);
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
