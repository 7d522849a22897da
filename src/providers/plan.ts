/** One provider and model that may answer a request. */
export interface Target {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly region: string | undefined;
}

/** How the targets of a plan are asked; one object per name, shared by all its plans. */
export interface Manner {
  /** Milliseconds without a first byte after which a target is left for the next one; undefined: no haste. */
  readonly firstByteMs: number | undefined;
  /** Milliseconds without a first byte after which the next target is asked beside it; undefined: never. */
  readonly hedgeAfterMs: number | undefined;
  /** What a provider may reject a request for, so that the next target is asked all the same. */
  readonly fallbackOn: readonly Rejection[];
  /** Nobody waits for the answer, so that nothing is tried again. */
  readonly mirrors: boolean;
}

/** Why a provider rejects a request that another one may take. */
export const REJECTIONS = ['context_length', 'content_policy'] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** One target after the other, each for as long as its time-outs let it. */
export const PATIENT: Manner = {
  firstByteMs: undefined,
  hedgeAfterMs: undefined,
  fallbackOn: [],
  mirrors: false,
};

/** One call, to compare. */
export const MIRRORING: Manner = { ...PATIENT, mirrors: true };

/** Targets in the order in which they are tried, every one of them cleared by policy. */
export interface Plan {
  readonly targets: readonly [Target, ...Target[]];
  readonly manner: Manner;
  /** Asked the same beside the plan, its answer thrown away; cleared by policy, too. */
  readonly mirror: Target | undefined;
}

/**
 * How many calls of a plan may cost something: the one that answers, the one beside it, and those that were left
 * because they were slow. A call that fails costs nothing with the vendors we know.
 */
export function billableCalls({ targets, manner }: Plan): number {
  const others = targets.length - 1;
  if (others === 0) return 1;
  if (manner.firstByteMs !== undefined) return 1 + others;
  return manner.hedgeAfterMs === undefined ? 1 : 2;
}

/** The same manner with one call at a time, for who cannot pay for more or must not ask twice. */
export function frugal(manner: Manner): Manner {
  return { ...PATIENT, fallbackOn: manner.fallbackOn };
}

/** A response that a provider keeps: only this provider can continue it, give it back or delete it. */
export interface Kept {
  readonly id: string;
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The model as the provider knows it. */
  readonly model: string;
  /** The model as the client had asked for it: a key may be limited to this name. */
  readonly requestedModel: string;
}

export interface HasKept {
  /** What the request refers to; undefined where it stands for itself. */
  kept: Kept | undefined;
}

export interface HasPlan {
  plan: Plan;
}
