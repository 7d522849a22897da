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

export interface HasPlan {
  plan: Plan;
}
