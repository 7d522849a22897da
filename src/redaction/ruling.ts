import { Detector } from './detector.ts';
import type { Direction, RedactionAction, RedactionPlan } from './plan.ts';
import type { Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';

/** One direction of a plan, compiled. Ranks are places in RECOGNISERS. */
export interface Ruling {
  readonly direction: Direction;
  readonly detector: Detector;
  readonly actions: readonly RedactionAction[];
  readonly plan: RedactionPlan;
}

export interface Rulings {
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
  const rulings = { request: ruling(plan, 'request'), answer: ruling(plan, 'answer') };
  prepared.set(plan, rulings);
  return rulings;
}

function ruling(plan: RedactionPlan, direction: Direction): Ruling | undefined {
  const actions = RECOGNISERS.map(({ id }) => plan[direction][id] ?? 'allow');
  const wanted = RECOGNISERS.map((each, rank) => (actions[rank] === 'allow' ? undefined : each));
  const key = actions.map((action) => (action === 'allow' ? '-' : 'x')).join('');
  if (!key.includes('x')) return undefined;
  return { direction, detector: detectorFor(key, wanted), actions, plan };
}

function detectorFor(key: string, recognisers: readonly (Recogniser | undefined)[]): Detector {
  const known = detectors.get(key);
  if (known !== undefined) return known;
  const detector = new Detector(recognisers);
  detectors.set(key, detector);
  return detector;
}
