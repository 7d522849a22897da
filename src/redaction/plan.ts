/** Which entity gets which action, in the request and in the answer. Built by policies, once per policy set. */
export interface RedactionPlan {
  readonly request: Readonly<Record<string, RedactionAction>>;
  readonly answer: Readonly<Record<string, RedactionAction>>;
}

export const REDACTION_ACTIONS = ['allow', 'mask', 'block', 'placeholder'] as const;
export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

/** What was found, for the audit trail: types and counts, never values. */
export interface Finding {
  readonly entity: string;
  readonly action: RedactionAction;
  readonly direction: 'request' | 'answer';
  readonly count: number;
}

export interface RedactionUse {
  findings(): Finding[];
}

export interface HasRedaction {
  /** undefined: no policy asks for redaction of this request. */
  redaction: RedactionUse | undefined;
}
