import { Detector } from './detector.ts';
import { type Direction, REDACTION_ACTIONS, type RedactionAction, type RedactionPlan } from './plan.ts';
import type { Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';

/** One direction of a plan, compiled. Ranks are places in RECOGNISERS. */
export interface Ruling {
  readonly direction: Direction;
  /** Finds what is replaced or blocked; undefined where nothing is. */
  readonly detector: Detector | undefined;
  /** Finds what is only counted, in a look of its own: what stays must not widen what goes. */
  readonly watcher: Detector | undefined;
  readonly actions: readonly RedactionAction[];
  /** The places of the actions in REDACTION_ACTIONS. */
  readonly weights: readonly number[];
  readonly plan: RedactionPlan;
}

export interface Rulings {
  readonly plan: RedactionPlan;
  /** undefined: everything is allowed. */
  readonly request: Ruling | undefined;
  readonly answer: Ruling | undefined;
}

const prepared = new WeakMap<RedactionPlan, Rulings>();
/** Plans that look for the same entities share a detector, whatever they do with them. */
const detectors = new Map<string, Detector>();

/** The plan, compiled; the work is done once per plan. */
export function prepare(plan: RedactionPlan): Rulings {
  const known = prepared.get(plan);
  if (known !== undefined) return known;
  const rulings = { plan, request: ruling(plan, 'request'), answer: ruling(plan, 'answer') };
  prepared.set(plan, rulings);
  return rulings;
}

function ruling(plan: RedactionPlan, direction: Direction): Ruling | undefined {
  const actions = RECOGNISERS.map(({ id }) => plan[direction][id] ?? 'allow');
  const detector = detectorFor(actions, (action) => action !== 'allow' && action !== 'alert');
  const watcher = detectorFor(actions, (action) => action === 'alert');
  if (detector === undefined && watcher === undefined) return undefined;
  const weights = actions.map((action) => REDACTION_ACTIONS.indexOf(action));
  return { direction, detector, watcher, actions, weights, plan };
}

function detectorFor(
  actions: readonly RedactionAction[],
  wanted: (action: RedactionAction) => boolean,
): Detector | undefined {
  const key = actions.map((action) => (wanted(action) ? 'x' : '-')).join('');
  if (!key.includes('x')) return undefined;
  const known = detectors.get(key);
  if (known !== undefined) return known;
  const recognisers: readonly Recogniser[] = RECOGNISERS;
  const detector = new Detector(recognisers.map((each, rank) => (key[rank] === 'x' ? each : undefined)));
  detectors.set(key, detector);
  return detector;
}
