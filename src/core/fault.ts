/**
 * Every way Sluice can say no, in one table. A Fault carries the public text apart from the internal
 * one: only `message`, `param` and `headers` ever reach a client. `docs/errors.md` is held equal to
 * this table by a test.
 */

interface FaultKind {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `error.type` in OpenAI's dialect. */
  readonly openai: string;
  /** `error.type` in Anthropic's dialect. */
  readonly anthropic: string;
  /** What the SDKs' automatic retry should do: sent as `x-should-retry` where it is set. */
  readonly retry?: boolean;
  /** One sentence for `docs/errors.md`. */
  readonly meaning: string;
}

const bad = { openai: 'invalid_request_error', anthropic: 'invalid_request_error' } as const;
const auth = { openai: 'invalid_request_error', anthropic: 'authentication_error', retry: false } as const;
const denied = { openai: 'permission_error', anthropic: 'permission_error', retry: false } as const;
const missing = { openai: 'invalid_request_error', anthropic: 'not_found_error', retry: false } as const;
const upstream = { openai: 'api_error', anthropic: 'api_error' } as const;

export const FAULTS = {
  invalid_json: { status: 400, ...bad, meaning: 'The body is not valid JSON.' },
  invalid_request: {
    status: 400,
    ...bad,
    meaning: 'A field of the request is missing or has the wrong shape.',
  },
  unsupported_media_type: { status: 415, ...bad, meaning: 'The content type is not application/json.' },
  body_too_large: {
    status: 413,
    openai: 'invalid_request_error',
    anthropic: 'request_too_large',
    retry: false,
    meaning: 'The body is larger than server.body_limit_bytes.',
  },
  invalid_api_key: {
    status: 401,
    ...auth,
    meaning: 'No key was sent, or the key or token is unknown, malformed, expired, blocked or revoked.',
  },
  permission_denied: {
    status: 403,
    ...denied,
    meaning: 'The caller is known, but its role or key does not allow this.',
  },
  issuer_unavailable: {
    status: 503,
    openai: 'api_error',
    anthropic: 'api_error',
    retry: true,
    meaning:
      "The keys of the token's issuer cannot be fetched, so the token can be neither trusted nor refused.",
  },
  ip_not_allowed: { status: 403, ...denied, meaning: 'The key may not be used from this address.' },
  not_found: { status: 404, ...missing, meaning: 'There is no such resource for this caller.' },
  endpoint_not_supported: {
    status: 404,
    ...missing,
    meaning: 'This path is not served by the gateway; the message lists those that are.',
  },
  method_not_allowed: {
    status: 405,
    ...bad,
    retry: false,
    meaning: 'The path exists, but not with this method; the Allow header says which.',
  },
  model_not_found: { status: 404, ...missing, meaning: 'No provider serves this model for this caller.' },
  prompt_not_found: { status: 404, ...missing, meaning: 'The prompt, version or label does not exist.' },
  prompt_invalid: {
    status: 422,
    ...bad,
    retry: false,
    meaning:
      'The prompt exists, but cannot be rendered: a variable is missing, unknown or of the wrong type.',
  },
  conflict: {
    status: 409,
    ...bad,
    retry: false,
    meaning: 'The resource exists already or was changed by somebody else.',
  },
  unprocessable: {
    status: 422,
    ...bad,
    retry: false,
    meaning: 'The request is well-formed, but cannot be carried out as it stands.',
  },
  policy_denied: {
    status: 403,
    ...denied,
    meaning: 'A policy of the organisation forbids the request; the message names it.',
  },
  pii_blocked: {
    status: 403,
    ...denied,
    meaning: 'The request holds personal data or a secret that a policy blocks.',
  },
  answer_blocked: {
    status: 403,
    ...denied,
    meaning: 'The answer held personal data or a secret that a policy blocks.',
  },
  analyser_unavailable: {
    status: 503,
    openai: 'api_error',
    anthropic: 'api_error',
    retry: true,
    meaning: 'The external analyser that redaction relies on cannot be asked, and nothing goes out unseen.',
  },
  rate_limit_exceeded: {
    status: 429,
    openai: 'rate_limit_error',
    anthropic: 'rate_limit_error',
    retry: true,
    meaning: 'A limit on requests or tokens per minute is used up; retry-after says when to come back.',
  },
  concurrency_limit_exceeded: {
    status: 429,
    openai: 'rate_limit_error',
    anthropic: 'rate_limit_error',
    retry: true,
    meaning: 'Too many requests are running at once.',
  },
  budget_exceeded: {
    status: 429,
    openai: 'insufficient_quota',
    anthropic: 'rate_limit_error',
    retry: false,
    meaning: 'A budget cannot pay for the worst case of this request.',
  },
  unpriced_model: {
    status: 403,
    ...denied,
    meaning: 'The model has no known price and a policy or budget requires one.',
  },
  provider_error: {
    status: 502,
    ...upstream,
    meaning: 'The provider answered with an error or with something unreadable.',
  },
  provider_rejected: {
    status: 400,
    ...bad,
    meaning: 'The provider refused the request itself; its own message is passed on with its status.',
  },
  provider_auth_failed: {
    status: 502,
    ...upstream,
    retry: false,
    meaning: 'The provider refused the credentials that the gateway holds for it.',
  },
  provider_rate_limited: {
    status: 429,
    openai: 'rate_limit_error',
    anthropic: 'rate_limit_error',
    retry: true,
    meaning: 'Every provider of the plan is rate limiting the gateway.',
  },
  provider_overloaded: {
    status: 503,
    openai: 'api_error',
    anthropic: 'overloaded_error',
    retry: true,
    meaning: 'Every provider of the plan is overloaded.',
  },
  provider_unreachable: {
    status: 502,
    ...upstream,
    retry: true,
    meaning: 'No connection to the provider could be made.',
  },
  provider_timeout: {
    status: 504,
    openai: 'api_error',
    anthropic: 'timeout_error',
    retry: true,
    meaning: 'The provider did not answer in time; the message names which time-out.',
  },
  provider_stream_broken: {
    status: 502,
    ...upstream,
    retry: true,
    meaning: 'The provider ended its stream without finishing the answer.',
  },
  client_closed_request: {
    status: 499,
    ...bad,
    retry: false,
    meaning: 'The client closed the connection before the answer was complete.',
  },
  journal_full: {
    status: 503,
    openai: 'api_error',
    anthropic: 'overloaded_error',
    retry: true,
    meaning:
      'The journal reached its configured size while Postgres is away, and policy refuses traffic that cannot be recorded.',
  },
  ledger_unavailable: {
    status: 503,
    openai: 'api_error',
    anthropic: 'overloaded_error',
    retry: true,
    meaning: 'The budget ledger cannot be reached and the leases of this node are used up.',
  },
  shutting_down: {
    status: 503,
    openai: 'api_error',
    anthropic: 'overloaded_error',
    retry: true,
    meaning: 'This node is draining; another one will take the request.',
  },
  internal_error: {
    status: 500,
    openai: 'api_error',
    anthropic: 'api_error',
    meaning: 'A fault of the gateway itself; the request id finds it in the log.',
  },
} as const satisfies Record<string, FaultKind>;

export type FaultCode = keyof typeof FAULTS;

export interface FaultDetails {
  /** The field of the request that is at fault, as a path: `messages[2].content`. */
  readonly param?: string;
  /** Sent as `retry-after` (whole seconds, rounded up) and `retry-after-ms`. */
  readonly retryAfterMs?: number;
  /** Overrides the table's status: a provider's own 4xx keeps its number. */
  readonly status?: number;
  /** Extra response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only; never shown to a client. */
  readonly internal?: string;
  /** Extra public members of the error object (`metadata`), e.g. the provider's own error. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly details: FaultDetails;

  /** @param message public text: what happened, which limit or rule, what to do. */
  constructor(code: FaultCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Fault';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? FAULTS[this.code].status;
  }

  /** `retry-after`, `x-should-retry` and the fault's own headers, as they go on the wire. */
  headers(): Record<string, string> {
    const headers: Record<string, string> = { ...this.details.headers };
    const kind: FaultKind = FAULTS[this.code];
    if (kind.retry !== undefined) headers['x-should-retry'] = String(kind.retry);
    if (this.details.retryAfterMs !== undefined) {
      headers['retry-after'] = String(Math.ceil(this.details.retryAfterMs / 1000));
      headers['retry-after-ms'] = String(Math.ceil(this.details.retryAfterMs));
    }
    return headers;
  }
}

/** Anything thrown, as a Fault: what is not one already is an `internal_error` whose text stays inside. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const internal = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new Fault(
    'internal_error',
    'The gateway failed on this request. Quote the request id to its operators.',
    {
      internal,
      cause: thrown,
    },
  );
}
