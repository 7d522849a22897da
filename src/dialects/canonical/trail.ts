import { Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';
import { FEATURES, type FeatureId, type Target, VERDICTS } from './features.ts';

/** Which features a request uses and where; what of them was left behind on the way to the target. */
export class Trail {
  readonly #paths = new Map<FeatureId, Set<string>>();
  readonly #dropped = new Set<string>();
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * The request uses this feature here. What the table drops is named, what it refuses ends the request.
   * @throws Fault `invalid_request`
   */
  uses(feature: FeatureId, path: string): void {
    const verdict = VERDICTS[feature][this.#target];
    if (verdict === 'refused') throw this.refusal(feature, path);
    if (verdict === 'dropped') this.dropPath(path);
    const paths = this.#paths.get(feature);
    if (paths === undefined) this.#paths.set(feature, new Set([path]));
    else paths.add(path);
  }

  /** Names every use of a feature as left behind, where the table alone would have carried it. */
  drop(feature: FeatureId): void {
    for (const path of this.#paths.get(feature) ?? []) this.dropPath(path);
  }

  /** Positions are left out: `messages[].name` is said once, however many messages have one. */
  dropPath(path: string): void {
    this.#dropped.add(path.replace(/\[\d+\]/g, '[]'));
  }

  /** Names members of an object that nobody here knows. */
  unknown(object: JsonObject, known: ReadonlySet<string>, path: string): void {
    for (const key of Object.keys(object)) {
      if (known.has(key) || object[key] === null || object[key] === undefined) continue;
      this.dropPath(path === '' ? key : `${path}.${key}`);
    }
  }

  refusal(feature: FeatureId, path: string): Fault {
    return new Fault(
      'invalid_request',
      `'${path}' cannot be translated for the provider of this model: ${FEATURES[feature].title}. Leave it out or ask for a model that supports it.`,
      { param: path },
    );
  }

  get dropped(): readonly string[] {
    return [...this.#dropped];
  }
}

export function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
