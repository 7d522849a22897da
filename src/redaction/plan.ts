import type { EventTransform } from '../gateway/stage.ts';
import type { CustomEntity } from './custom/entity.ts';

/** From lax to strict: the strictest of several policies wins, and of several findings in one place. */
export const REDACTION_ACTIONS = [
  'allow',
  'alert',
  'partial',
  'pseudonymise',
  'fake',
  'hash',
  'mask',
  'block',
] as const;
export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

/** What secrets never become: what can be undone, or looks like one. They are masked instead. */
export const NOT_FOR_SECRETS: ReadonlySet<RedactionAction> = new Set(['pseudonymise', 'fake']);

/** From lax to strict: where in an answer the values that pseudonyms stand for are put back. */
export const RESTORE_PLACES = ['everywhere', 'text', 'nowhere'] as const;
export type RestorePlace = (typeof RESTORE_PLACES)[number];

/** What happens to images, recordings and documents in a request. From lax to strict. */
export const FILE_ACTIONS = ['allow', 'block'] as const;
export type FileAction = (typeof FILE_ACTIONS)[number];

/**
 * Which entity gets which action, in the request and in the answer; an entity that is not named is allowed.
 * Built by `compilePlan`, once per set of policies: plain data, shared by all requests under that set.
 */
export interface RedactionPlan {
  /** Kinds of values that these policies declare; the first of them come first where values overlap. */
  readonly custom: readonly CustomEntity[];
  readonly request: Readonly<Record<string, RedactionAction>>;
  readonly answer: Readonly<Record<string, RedactionAction>>;
  readonly restore: RestorePlace;
  readonly files: FileAction;
  /** Which policy settled it, by `request.<entity>`, `answer.<entity>` or `files`; for error messages. */
  readonly settledBy: Readonly<Record<string, string>>;
}

export type Direction = 'request' | 'answer';

/** What was found, for the audit trail: types, counts and keyed hashes, never values. */
export interface Finding {
  readonly entity: string;
  readonly action: RedactionAction;
  readonly direction: Direction;
  readonly count: number;
  /**
   * Of the first few different values: HMACs under the organisation's key. The same value has the same one in
   * every request of the organisation, so that what leaked where can be followed without knowing it.
   */
  readonly hashes: readonly string[];
}

export interface RedactionUse {
  /** Whether the request went through it to the end; until then its body stands there as the client sent it. */
  readonly complete: boolean;
  findings(): Finding[];
  /** A text that the client sent beside the body and that is recorded, as policy lets it be kept. */
  kept(text: string): string;
  /** What the answer has to go through; undefined where nothing in it can change. */
  transform(): EventTransform | undefined;
}

export interface HasRedaction {
  /** undefined: no policy asks for redaction of this request. */
  redaction: RedactionUse | undefined;
}
