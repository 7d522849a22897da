/** Which targets a model name stands for, and which of them a caller may use. */
import { Fault } from '../core/fault.ts';
import { nearestFew } from '../core/nearest.ts';
import { type NameTest, namePatterns } from '../core/pattern.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Principal } from '../identity/index.ts';
import type { Target } from './plan.ts';
import type { Provider } from './provider.ts';
import { serves } from './serves.ts';

/** A model that a caller may name. */
export interface KnownModel {
  readonly id: string;
  readonly ownedBy: string;
  /** Epoch seconds; 0 where nobody knows. */
  readonly createdAt: number;
}

/** A provider and the model names it is asked for. */
interface Served {
  readonly provider: Provider;
  readonly names: NameTest;
  /** It also takes every name that no provider has a pattern for. */
  readonly catchesAll: boolean;
}

/** Names of the configuration's own, and the targets that they stand for. */
export type Aliases = Readonly<
  Record<string, { readonly targets: readonly Pick<Target, 'provider' | 'model'>[] }>
>;

const CATCH_ALL = '*';
const SUGGESTIONS = 3;

export class Catalogue {
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #served: readonly Served[];
  readonly #aliases: ReadonlyMap<string, readonly Target[]>;

  constructor(providers: ReadonlyMap<string, Provider>, aliases: Aliases) {
    this.#providers = providers;
    this.#served = [...providers.values()].map((provider) => ({
      provider,
      names: namePatterns(provider.patterns.filter((pattern) => pattern !== CATCH_ALL)),
      catchesAll: provider.patterns.includes(CATCH_ALL),
    }));
    this.#aliases = new Map(
      Object.entries(aliases).map(([alias, { targets }]) => [
        alias,
        targets.flatMap(({ provider, model }) => {
          const known = providers.get(provider);
          return known === undefined ? [] : [{ provider, model, region: known.region }];
        }),
      ]),
    );
  }

  /**
   * The targets that a name stands for, in order, before anybody's rules: an alias, `provider/model`, or the
   * providers whose patterns match (a pattern that matches everything counts only where no other one does).
   * @param first the provider to ask first where several match
   */
  targets(model: string, first: string | null): readonly Target[] {
    const alias = this.#aliases.get(model);
    if (alias !== undefined) return alias;
    const slash = model.indexOf('/');
    const named = slash > 0 ? this.#providers.get(model.slice(0, slash)) : undefined;
    if (named !== undefined) {
      return [{ provider: named.name, model: model.slice(slash + 1), region: named.region }];
    }
    const naming = this.#served.filter(({ names }) => names(model));
    const chosen = naming.length > 0 ? naming : this.#served.filter(({ catchesAll }) => catchesAll);
    return chosen
      .map(({ provider: { name, region } }) => ({ provider: name, model, region }))
      .sort((a, b) => Number(b.provider === first) - Number(a.provider === first));
  }

  /**
   * Why this caller cannot use this target; undefined when it can.
   * @param asked the name that the caller used
   */
  refusal(target: Target, asked: string, operation: Operation, principal: Principal): Fault | undefined {
    const provider = this.#providers.get(target.provider);
    if (provider === undefined || !serves(provider, operation, target.model)) {
      const served = provider ? [...provider.operations].join(', ') : 'nothing';
      return new Fault(
        'model_not_found',
        `The provider ${target.provider} of the model ${quoted(asked)} does not serve ${operation}; it serves ${served}.`,
        { param: 'model' },
      );
    }
    const refused = keyRefusal(target, asked, principal) ?? orgRefusal(target, principal);
    return refused ?? keylessRefusal(provider, principal);
  }

  /** May this caller be answered by this target, as far as key and organisation say? */
  allows(target: Target, asked: string, principal: Principal): boolean {
    return allowed(target, asked, principal);
  }

  /** Every name worth listing, whoever may use it. */
  everyName(): string[] {
    const names = [...this.#providers.values()].flatMap(namesOf);
    return [...new Set([...this.#aliases.keys(), ...names])];
  }

  /** Says that nobody serves a name, and which names are near it. */
  unknown(asked: string, principal: Principal): Fault {
    const near = nearestFew(
      asked,
      this.knownModels(principal).map(({ id }) => id),
      SUGGESTIONS,
    );
    const hint = near.length > 0 ? ` Did you mean ${near.map(quoted).join(' or ')}?` : '';
    return new Fault(
      'model_not_found',
      `No provider of this gateway serves the model ${quoted(asked)}.${hint} GET /v1/models lists what this key may use.`,
      { param: 'model' },
    );
  }

  /** Every name worth listing for this caller: aliases, and the models that the providers are known for. */
  knownModels(principal: Principal): KnownModel[] {
    const listed = new Map<string, KnownModel>();
    for (const [alias, targets] of this.#aliases) {
      const usable = targets.find((target) => allowed(target, alias, principal));
      if (usable !== undefined) listed.set(alias, { id: alias, ownedBy: usable.provider, createdAt: 0 });
    }
    for (const provider of this.#providers.values()) {
      for (const model of namesOf(provider)) {
        const target = { provider: provider.name, model, region: provider.region };
        if (listed.has(model) || !allowed(target, model, principal)) continue;
        listed.set(model, { id: model, ownedBy: provider.name, createdAt: 0 });
      }
    }
    return [...listed.values()];
  }
}

function namesOf({ patterns, knownModels }: Provider): string[] {
  const literal = patterns.filter((pattern) => !pattern.includes('*'));
  return [...literal, ...knownModels.filter(namePatterns(patterns))];
}

function allowed(target: Target, asked: string, principal: Principal): boolean {
  return (keyRefusal(target, asked, principal) ?? orgRefusal(target, principal)) === undefined;
}

/** A key may name its models by the name it asks for, by the provider's name for it, or as `provider/model`. */
function keyRefusal(target: Target, asked: string, { models, actor }: Principal): Fault | undefined {
  if (models === null) return undefined;
  const mayUse = modelsTest(models);
  if (mayUse(asked) || mayUse(target.model) || mayUse(`${target.provider}/${target.model}`)) return undefined;
  return new Fault(
    'permission_denied',
    `The key (${actor}) may not use the model ${quoted(asked)}; it is limited to ${models.join(', ')}.`,
    { param: 'model' },
  );
}

const modelsTests = new WeakMap<readonly string[], NameTest>();

/** Compiled once per key: a principal keeps the list that it was made with. */
function modelsTest(models: readonly string[]): NameTest {
  let test = modelsTests.get(models);
  if (test === undefined) {
    test = namePatterns(models);
    modelsTests.set(models, test);
  }
  return test;
}

function orgRefusal(target: Target, { org }: Principal): Fault | undefined {
  const { provider, region } = target;
  if (org.restrictedProviders.includes(provider)) {
    return denied(`has restricted the provider ${provider}`);
  }
  if (org.allowedProviders !== null && !org.allowedProviders.includes(provider)) {
    return denied(
      `allows only the providers ${org.allowedProviders.join(', ') || '(none)'}, not ${provider}`,
    );
  }
  if (org.dataResidency !== null && (region === undefined || !org.dataResidency.includes(region))) {
    const where = region === undefined ? 'names no region' : `is in ${region}`;
    return denied(
      `keeps its data in ${org.dataResidency.join(', ') || '(nowhere)'}, but the provider ${provider} ${where}`,
    );
  }
  return undefined;
}

function keylessRefusal({ name, keys, needsKey }: Provider, { orgId }: Principal): Fault | undefined {
  if (needsKey !== true || keys?.hasKeyFor(orgId)) return undefined;
  return new Fault(
    'model_not_found',
    `There is no key of the provider ${name} for this organisation; its administrators can add one.`,
    { param: 'model' },
  );
}

function denied(rule: string): Fault {
  return new Fault('policy_denied', `The organisation ${rule}.`, { param: 'model' });
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 99)}…` : name);
}
