/** One provider and model that may answer a request. */
export interface Target {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly region: string | undefined;
}

/** Targets in the order in which they are tried, every one of them cleared by policy. */
export interface Plan {
  readonly targets: readonly [Target, ...Target[]];
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
