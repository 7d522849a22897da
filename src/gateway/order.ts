/** The compile-time proof that each stage finds what it needs. */
import type { Ending, EventTransform, Stage, StreamWatch } from './stage.ts';

/** A stage whose slots are not known: parameters of type never accept every stage, without `any`. */
export interface AnyStage {
  readonly name: string;
  readonly enter: (x: never) => void | Promise<void>;
  readonly events?: (x: never) => EventTransform | undefined;
  readonly watch?: (x: never) => StreamWatch | undefined;
  readonly settle?: (x: never, ending: Ending) => void | Promise<void>;
}

/** The stages as they are, or, in place of the first that comes too early, what it misses. */
type Ordered<Stages, Have = unknown> = Stages extends readonly [infer First, ...infer Rest]
  ? First extends Stage<infer Needs, infer Gives>
    ? Have extends Needs
      ? readonly [First, ...Ordered<Rest, Have & Gives>]
      : readonly [{ readonly 'no stage before gives': Exclude<keyof Needs, keyof Have> }, ...Rest[]]
    : never
  : readonly [];

/** Takes the stages in their order; does not compile when one needs a slot that none before it gives. */
export function ordered<const Stages extends readonly AnyStage[]>(
  ...stages: Stages & Ordered<Stages>
): readonly AnyStage[] {
  return stages;
}
