import type { EventTransform } from '../gateway/stage.ts';

export const REDACTION_ACTIONS = ['allow', 'mask', 'block', 'placeholder'] as const;
export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

/** From lax to strict: the strictest of several policies wins, and of several findings in one place. */
export const STRICTNESS: readonly RedactionAction[] = ['allow', 'placeholder', 'mask', 'block'];

/**
 * Which entity gets which action, in the request and in the answer; an entity that is not named is allowed.
 * Built by `compilePlan`, once per set of policies: plain data, shared by all requests under that set.
 */
export interface RedactionPlan {
  readonly request: Readonly<Record<string, RedactionAction>>;
  readonly answer: Readonly<Record<string, RedactionAction>>;
  /** Which policy settled it, by `request.<entity>` or `answer.<entity>`; for error messages. */
  readonly settledBy?: Readonly<Record<string, string>>;
}

export type Direction = 'request' | 'answer';

/** What was found, for the audit trail: types and counts, never values. */
export interface Finding {
  readonly entity: string;
  readonly action: RedactionAction;
  readonly direction: Direction;
  readonly count: number;
}

export interface RedactionUse {
  findings(): Finding[];
  /** What the answer has to go through; undefined where nothing in it can change. */
  transform(): EventTransform | undefined;
}

export interface HasRedaction {
  /** undefined: no policy asks for redaction of this request. */
  redaction: RedactionUse | undefined;
}
