/**
 * What a provider's refusal means: whose fault it is, whether to ask again, and what the client is told. A provider's
 * own words are passed on only where they speak of the client's request: others name the gateway's account or parts
 * of its key.
 */
import { Fault, type FaultCode } from '../core/fault.ts';
import type { ProviderError } from '../dialects/provider-error.ts';

/** A provider's error body as its dialect reads it; all undefined where it said nothing readable. */
export type Said = { readonly [Member in keyof ProviderError]: ProviderError[Member] | undefined };

export type Diagnosis =
  | 'rejected'
  | 'unknown_model'
  | 'credentials'
  | 'account'
  | 'rate_limited'
  | 'overloaded'
  | 'transient'
  | 'broken';

/** What to try after a failure: the same target again, the next one, or nothing. */
export type Next = 'same' | 'other' | 'stop';

export interface Failure {
  readonly fault: Fault;
  readonly next: Next;
}

const MEANING: Record<Diagnosis, { readonly code: FaultCode; readonly next: Next; readonly says: string }> = {
  rejected: { code: 'provider_rejected', next: 'stop', says: 'rejected the request' },
  unknown_model: { code: 'provider_rejected', next: 'other', says: 'does not know the model' },
  credentials: {
    code: 'provider_auth_failed',
    next: 'other',
    says: 'refused the credentials of the gateway; its operators must renew them',
  },
  account: {
    code: 'provider_error',
    next: 'other',
    says: 'has no credit left for the account of the gateway; its operators must top it up',
  },
  rate_limited: {
    code: 'provider_rate_limited',
    next: 'same',
    says: 'is rate limiting the gateway; try again later',
  },
  overloaded: { code: 'provider_overloaded', next: 'same', says: 'is overloaded; try again later' },
  transient: { code: 'provider_error', next: 'same', says: 'failed; try again' },
  broken: { code: 'provider_error', next: 'other', says: 'gave an answer that is none' },
};

/** Gemini and xAI refuse a bad key with 400, so the words count as well as the status. */
const BAD_KEY =
  /api[ _-]?key (?:not valid|invalid|expired)|(?:incorrect|invalid) api[ _-]?key|API_KEY_INVALID/i;
const NO_CREDIT =
  /insufficient_quota|billing_error|credit balance is too low|insufficient (?:balance|credits)/i;

/** The reading that holds for most providers; a kind's `diagnose` goes before it. */
export function diagnoseStatus(status: number, said: Said): Diagnosis {
  const words = `${said.type ?? ''} ${said.code ?? ''} ${said.message ?? ''}`;
  if (status === 402 || (status < 500 && NO_CREDIT.test(words))) return 'account';
  if (status === 401 || status === 403 || (status === 400 && BAD_KEY.test(words))) return 'credentials';
  if (status === 429) return 'rate_limited';
  if (status === 503 || status === 529) return 'overloaded';
  if (status === 408 || status === 409 || status >= 500) return 'transient';
  if (status === 404) return 'unknown_model';
  return status >= 400 ? 'rejected' : 'broken';
}

/** The status that an error inside a 200 stream would have had. */
export function statusOfEvent(said: Said): number {
  const number = Number(said.code);
  if (Number.isInteger(number) && number >= 400 && number < 600) return number;
  const words = `${said.type ?? ''} ${said.code ?? ''}`;
  if (/overloaded|unavailable/i.test(words)) return 529;
  if (/rate_limit|too_many_requests|resource_exhausted/i.test(words)) return 429;
  if (/authentication|permission|invalid_api_key/i.test(words)) return 401;
  if (/billing/i.test(words)) return 402;
  if (/not_found/i.test(words)) return 404;
  return /invalid_request/i.test(words) ? 400 : 500;
}

const MAX_MESSAGE = 2000;

/**
 * The failure that a refusal amounts to.
 * @param retryAfterMs what the provider asked for, where it did.
 */
export function failureOf(
  provider: string,
  diagnosis: Diagnosis,
  status: number,
  said: Said,
  retryAfterMs: number | undefined,
): Failure {
  const meaning = MEANING[diagnosis];
  const aboutRequest = meaning.code === 'provider_rejected';
  const message = said.message?.slice(0, MAX_MESSAGE);
  const details = {
    metadata: {
      provider_error: {
        provider,
        status,
        type: said.type ?? null,
        code: said.code ?? null,
        ...(aboutRequest ? { message: message ?? null, param: said.param ?? null } : {}),
      },
    },
    internal: `${provider} answered ${status}: ${message ?? 'no message'}`,
    ...(aboutRequest ? { status } : {}),
    ...(aboutRequest && said.param !== undefined ? { param: said.param } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const text =
    aboutRequest && message !== undefined
      ? message
      : `The provider ${provider} ${meaning.says} (status ${status}).`;
  return { fault: new Fault(meaning.code, text, details), next: meaning.next };
}
