/**
 * What the journal holds. Names are those of the tables that it is drained into, so that Postgres reads the
 * text as it is (`jsonb_to_recordset`). Amounts are whole numbers in strings, instants ISO 8601 in UTC.
 */
import type { FaultCode } from '../core/fault.ts';
import type { MeteredRequest } from '../metering/index.ts';
import type { Finding } from '../redaction/index.ts';

interface AuditRecord {
  /** Version of this format. */
  readonly v: 1;
  readonly id: string;
  readonly occurred_at: string;
  readonly org_id: string | null;
  /** `x-request-id`. */
  readonly request_id: string;
  readonly actor: string;
  readonly team_id: string | null;
  readonly user_id: string | null;
  readonly key_id: string | null;
  readonly remote_address: string | null;
  readonly action: string;
  readonly resource: string | null;
  readonly outcome: 'done' | 'refused' | 'failed' | 'abandoned';
  readonly fault: FaultCode | null;
  readonly status: number | null;
  readonly duration_ms: number | null;
}

/** One request to /v1: what was decided, what it used, what it draws on budgets. */
export interface RequestRecord extends AuditRecord, MeteredRequest {
  readonly kind: 'request';
  readonly details: RequestDetails;
  /** Settles the ledger. */
  readonly draws: readonly DrawLine[];
  /** Present only where the organisation keeps content; after redaction. */
  readonly content?: { readonly request: string };
}

/** The column `details`; types, counts and codes, no content. */
export interface RequestDetails {
  /** As the client asked for it. */
  readonly model: string | null;
  readonly stream: boolean;
  readonly policies: readonly string[];
  readonly prompt: { readonly name: string; readonly version: number; readonly label: string | null } | null;
  readonly findings: readonly Finding[];
  /** hit, miss, … as the header `x-sluice-cache` says; null where no cache was asked. */
  readonly cache: string | null;
  /** By which the provider keeps the answer; null where it keeps none. */
  readonly response_id: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly end_user: string | null;
  readonly session_id: string | null;
  /** Providers and models that were tried, in order, with why where it was not the first: `groq/llama-4 (fallback)`. */
  readonly attempts: readonly string[];
}

/** `Draw` of budgets/hold.ts on its way into the ledger. */
export interface DrawLine {
  readonly budget_id: string;
  readonly subject_id: string;
  readonly window_start: string;
  readonly pico_usd: string;
  /** Null for soft budgets. */
  readonly lease_id: string | null;
  /** Null where a lease has opened the window. */
  readonly terms: TermsLine | null;
}

/** `WindowTerms` of budgets/terms.ts. */
export interface TermsLine {
  readonly name: string;
  readonly scope: string;
  /** Null in scopes that have ids. */
  readonly subject_name: string | null;
  readonly hard: boolean;
  readonly amount_pico_usd: string;
  readonly alert_percents: readonly number[];
  /** Null: not a rolling window. */
  readonly rolling_seconds: number | null;
  /** Null: never. */
  readonly window_end: string | null;
}

/** One action of an administrator. */
export interface AdminRecord extends AuditRecord {
  readonly kind: 'admin';
  readonly details: { readonly changes: unknown };
}

/** Something that the gateway did or suffered itself. */
export interface GatewayRecord extends AuditRecord {
  readonly kind: 'gateway';
  readonly details: Readonly<Record<string, string | number | null>>;
}
