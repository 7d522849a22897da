import type { FaultCode } from '../core/fault.ts';
import type { Action } from '../identity/index.ts';

/** What the audit trail keeps of an admin action: every change, and every change that was refused. */
export interface AdminEntry {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly requestId: string;
  /** The organisation it was about; null where nobody was recognised, or for what is above organisations. */
  readonly orgId: string | null;
  /** `anonymous` where nobody was recognised. */
  readonly actor: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly remoteAddress: string;
  readonly action: Action;
  /** `key/<id>` */
  readonly resource: string | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly fault: FaultCode | null;
  readonly status: number;
  readonly durationMs: number;
  /** The fields that were sent; never a secret. */
  readonly changes: Readonly<Record<string, unknown>>;
}
