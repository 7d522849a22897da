import type { CustomEntity } from './custom/entity.ts';
import { Both, CustomFinder } from './custom/finder.ts';
import { Detector } from './detector.ts';
import type { Direction, RedactionAction, RedactionPlan } from './plan.ts';
import type { Entity, Recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import type { Finder } from './stream.ts';

/**
 * One direction of a plan, compiled. Ranks are places in RECOGNISERS; those of the plan's own entities are negative,
 * -1 for the last of them, so that the detectors of what everybody has are the same for all plans.
 */
export interface Ruling {
  readonly direction: Direction;
  /** Finds what is replaced or blocked; undefined where nothing is. */
  readonly detector: Finder | undefined;
  /** Finds what is only counted, in a look of its own: what stays must not widen what goes. */
  readonly watcher: Finder | undefined;
  /** Of the plan's own entities, then of RECOGNISERS. */
  readonly actions: readonly RedactionAction[];
  readonly plan: RedactionPlan;
  /** No two rulings have the same: what one has seen says nothing about the other. */
  readonly serial: number;
}

export function actionOf({ actions, plan }: Ruling, rank: number): RedactionAction {
  return actions[rank + plan.custom.length] as RedactionAction;
}

export function entityOf(custom: readonly Entity[], rank: number): Entity {
  return (rank < 0 ? custom[rank + custom.length] : RECOGNISERS[rank]) as Entity;
}

export interface Rulings {
  readonly plan: RedactionPlan;
  /** undefined: everything is allowed. */
  readonly request: Ruling | undefined;
  readonly answer: Ruling | undefined;
}

let serials = 0;
const prepared = new WeakMap<RedactionPlan, Rulings>();
/** Plans that look for the same entities share a detector, whatever they do with them. The oldest goes first. */
const detectors = new Map<string, Detector>();
/** Of 5 to 15 MB each. Those of plans in force stay, only that new plans do not find them here. */
const MOST_DETECTORS = 8;
const customFinders = new Map<string, CustomFinder>();
const MOST_CUSTOM_FINDERS = 1000;

/** The plan, compiled; the work is done once per plan. */
export function prepare(plan: RedactionPlan): Rulings {
  const known = prepared.get(plan);
  if (known !== undefined) return known;
  const rulings = { plan, request: ruling(plan, 'request'), answer: ruling(plan, 'answer') };
  prepared.set(plan, rulings);
  return rulings;
}

type Wanted = (action: RedactionAction) => boolean;
export const acts: Wanted = (action) => action !== 'allow' && action !== 'alert';
export const watches: Wanted = (action) => action === 'alert';

function ruling(plan: RedactionPlan, direction: Direction): Ruling | undefined {
  const actions = [...plan.custom, ...RECOGNISERS].map(({ id }) => plan[direction][id] ?? 'allow');
  const detector = finderFor(plan, actions, acts);
  const watcher = finderFor(plan, actions, watches);
  if (detector === undefined && watcher === undefined) return undefined;
  return { direction, detector, watcher, actions, plan, serial: ++serials };
}

function finderFor(
  { custom }: RedactionPlan,
  actions: readonly RedactionAction[],
  wanted: Wanted,
): Finder | undefined {
  const detector = detectorFor(actions.slice(custom.length), wanted);
  const declared = custom.map((each, index) =>
    wanted(actions[index] as RedactionAction) ? each : undefined,
  );
  return withCustom(detector, declared);
}

/** A finder of these entities, too; undefined leaves one out. */
export function withCustom(
  finder: Finder | undefined,
  custom: readonly (CustomEntity | undefined)[],
): Finder | undefined {
  if (custom.every((each) => each === undefined)) return finder;
  const declared = customFinderFor(custom);
  return finder === undefined ? declared : new Both(finder, declared);
}

function customFinderFor(custom: readonly (CustomEntity | undefined)[]): CustomFinder {
  const key = custom.map((each) => each?.serial ?? '').join();
  const known = customFinders.get(key);
  if (known !== undefined) return known;
  // those of policies that are no longer in force go, too
  if (customFinders.size >= MOST_CUSTOM_FINDERS) customFinders.clear();
  const finder = new CustomFinder(custom);
  customFinders.set(key, finder);
  return finder;
}

function detectorFor(actions: readonly RedactionAction[], wanted: Wanted): Detector | undefined {
  const key = actions.map((action) => (wanted(action) ? 'x' : '-')).join('');
  if (!key.includes('x')) return undefined;
  const known = detectors.get(key);
  if (known !== undefined) return known;
  const recognisers: readonly Recogniser[] = RECOGNISERS;
  const detector = new Detector(recognisers.map((each, rank) => (key[rank] === 'x' ? each : undefined)));
  const [oldest = ''] = detectors.keys();
  if (detectors.size >= MOST_DETECTORS) detectors.delete(oldest);
  detectors.set(key, detector);
  return detector;
}
