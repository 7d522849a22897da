/** The names of the section `models`, ready for the request path. */
import { type Manner, PATIENT, type Provider, type Target } from '../providers/index.ts';
import { type Capabilities, knownCapabilities } from './capabilities.ts';
import type { GroupSettings, ModelsSettings, RoutingSettings } from './settings.ts';
import { STRATEGIES, type StrategyId } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

/** What is configured of one target of a group. */
export interface Member {
  readonly weight: number;
  readonly capabilities: Capabilities;
}

/** How the requests for one name are routed. */
export interface Group {
  readonly strategy: Strategy;
  readonly sticky: boolean;
  readonly regions: readonly string[];
  readonly manner: Manner;
  /** The candidate that a share of requests, in (0, 1], is sent to as well. */
  readonly mirror: { readonly target: Target; readonly share: number } | undefined;
  readonly memberOf: (target: Target) => Member;
}

/** Models named by clients must not grow the memory without end. */
const KNOWN_MAX = 10_000;

export class Groups {
  readonly #groups: ReadonlyMap<string, Group>;
  /** Of names that are no group: `provider/model`, and patterns that match. */
  readonly #others: Group;
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #known = new Map<string, Member>();

  constructor(providers: ReadonlyMap<string, Provider>, models: ModelsSettings, routing: RoutingSettings) {
    this.#providers = providers;
    this.#others = this.#group({}, routing);
    this.#groups = new Map(
      Object.entries(models).map(([name, settings]) => [name, this.#group(settings, routing)]),
    );
  }

  of(model: string): Group {
    return this.#groups.get(model) ?? this.#others;
  }

  /** What a target can do, where no group says otherwise. */
  capabilities(target: Target): Capabilities {
    return this.#plain(target).capabilities;
  }

  #group(settings: Partial<GroupSettings>, routing: RoutingSettings): Group {
    const { targets = [], regions = [], mirror } = settings;
    const members = new Map<string, Member>();
    for (const { provider, model, weight, context_tokens, vision, tools } of targets) {
      const known = knownCapabilities(this.#kind(provider), model);
      const capabilities = {
        contextTokens: context_tokens ?? known.contextTokens,
        vision: vision ?? known.vision,
        tools: tools ?? known.tools,
      };
      members.set(`${provider}/${model}`, { weight, capabilities });
    }
    return {
      strategy: strategyOf(settings.strategy ?? routing.strategy),
      sticky: settings.sticky ?? routing.sticky,
      regions,
      manner: mannerOf(settings, routing),
      mirror: mirror && { target: this.#target(mirror), share: mirror.percent / 100 },
      memberOf: (target) => members.get(`${target.provider}/${target.model}`) ?? this.#plain(target),
    };
  }

  #target({ provider, model }: { provider: string; model: string }): Target {
    return { provider, model, region: this.#providers.get(provider)?.region };
  }

  #plain({ provider, model }: Target): Member {
    const name = `${provider}/${model}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    const member = { weight: 1, capabilities: knownCapabilities(this.#kind(provider), model) };
    this.#known.set(name, member);
    return member;
  }

  #kind(provider: string): string {
    return this.#providers.get(provider)?.kind ?? provider;
  }
}

function mannerOf(
  { first_byte_ms, hedge_after_ms, fallback_on }: Partial<GroupSettings>,
  routing: RoutingSettings,
): Manner {
  const firstByteMs = (first_byte_ms ?? routing.first_byte_ms) || undefined;
  const hedgeAfterMs = (hedge_after_ms ?? routing.hedge_after_ms) || undefined;
  return { ...PATIENT, firstByteMs, hedgeAfterMs, fallbackOn: fallback_on ?? routing.fallback_on };
}

function strategyOf(id: StrategyId): Strategy {
  const found = STRATEGIES.find((strategy) => strategy.id === id);
  if (found === undefined) throw new Error(`there is no strategy ${id}`);
  return found;
}
