import type { Draw, HasHold } from '../budgets/index.ts';
import type { Attempt } from '../core/attempt.ts';
import { Fault } from '../core/fault.ts';
import { isoTime } from '../core/iso-time.ts';
import { storableText } from '../core/json.ts';
import { requestTags, type Tags } from '../core/tags.ts';
import type { Arrival, Call, Ending, HasCall, Open } from '../gateway/stage.ts';
import type { HasPrincipal, Principal } from '../identity/index.ts';
import { savedLine, type UsageLine, usageLine } from '../metering/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPrompt, PromptUse } from '../prompts/index.ts';
import type { HasRedaction } from '../redaction/index.ts';
import { keptResponseId, responseResource } from '../responses/index.ts';
import type { DrawLine, RequestDetails, RequestRecord, TermsLine } from './record.ts';

/** Every slot that an audit record tells of; null, or not there, where the request did not get that far. */
export type Recorded = Arrival &
  Partial<Open<HasPrincipal & HasCall & HasPrompt & HasVerdict & HasRedaction & HasHold>>;

const SHORT = 128;
const LONG = 256;
const CONTENT_LENGTH_MAX = 64 << 10;
const NO_TAGS: Tags = {};

/**
 * The audit record of a request that has ended.
 *
 * @param durationMs from arrival until now
 * @param unjudged what of a header may be recorded where redaction had no say
 */
export function requestRecord(
  x: Recorded,
  ending: Ending,
  durationMs: number,
  unjudged: Unjudged,
): RequestRecord {
  const principal = x.principal ?? null;
  const orgId = principal === null || principal.orgId === '' ? null : principal.orgId;
  const fault = ending.kind === 'done' ? null : ending.fault;
  const content = storedContent(x, fault);
  const record: RequestRecord = {
    v: 1,
    kind: 'request',
    id: x.id,
    occurred_at: isoTime(x.arrivedAtMs),
    org_id: orgId,
    request_id: storableText(x.requestId, LONG),
    actor: principal?.actor ?? 'anonymous',
    team_id: principal?.teamId ?? null,
    user_id: principal?.userId ?? null,
    key_id: principal?.keyId ?? null,
    remote_address: x.remoteAddress,
    action: x.endpoint.stored?.action ?? x.endpoint.operation,
    resource: resource(x),
    outcome: ending.kind,
    fault: fault?.code ?? null,
    status: fault?.status ?? x.answer?.status ?? null,
    duration_ms: Math.round(durationMs),
    details: details(x, principal, keeper(x, principal, unjudged)),
    usage: orgId === null ? [] : usageLines(x),
    draws: (x.hold?.draws ?? []).map(drawLine),
  };
  return content === undefined ? record : { ...record, content: { request: content } };
}

/** One per call to a provider, or the one of an answer that took none. The request's own id is as good as another. */
function usageLines({ attempts, answer, id, arrivedAtMs }: Recorded): UsageLine[] {
  const lines = attempts.map(usageLine);
  return answer?.saving === undefined ? lines : [...lines, savedLine(answer.saving, id, arrivedAtMs)];
}

type Keep = (text: string) => string;

/** What of a text of this caller may be recorded where redaction had no say. */
export type Unjudged = (principal: Principal, text: string) => string;

/** Of strangers nothing is recorded that they write: no policy says what of it may be. */
function keeper(x: Recorded, principal: Principal | null, unjudged: Unjudged): Keep | undefined {
  const { redaction } = x;
  if (redaction) return (text) => redaction.kept(text);
  if (redaction === undefined && 'redaction' in x) return (text) => text;
  return principal === null ? undefined : (text) => unjudged(principal, text);
}

function details(x: Recorded, principal: Principal | null, kept: Keep | undefined): RequestDetails {
  const described = x.call?.described;
  const endUser = header(x, 'x-sluice-user') ?? described?.user;
  const tags = kept && mapValues(soundTags(x, principal?.tags ?? NO_TAGS), kept);
  return {
    model: described === undefined ? null : storableText(described.model, LONG),
    stream: described?.stream ?? false,
    policies: x.verdict?.policies ?? [],
    prompt: promptDetails(x.prompt),
    findings: x.redaction?.findings() ?? [],
    cache: x.answerHeaders['x-sluice-cache'] ?? null,
    response_id: keptResponseId(x) ?? null,
    tags: tags ?? NO_TAGS,
    end_user: endUser === undefined || kept === undefined ? null : storableText(kept(endUser), LONG),
    session_id: sessionId(x, kept),
    attempts: x.attempts.map(attemptText),
  };
}

/** `openai/gpt-5`, `groq/llama-4 (fallback)` */
function attemptText({ provider, model, role }: Attempt): string {
  return storableText(`${provider}/${model}${role === 'first' ? '' : ` (${role})`}`, LONG);
}

function resource({ endpoint: { stored } }: Recorded): string | null {
  return (stored && responseResource(stored.id)) ?? null;
}

function promptDetails(prompt: PromptUse | null | undefined): RequestDetails['prompt'] {
  if (!prompt) return null;
  return { name: prompt.name, version: prompt.version, label: prompt.label ?? null };
}

/** Tags that cannot be read refused the request (see stage.ts); its record has those of the key. */
function soundTags(x: Recorded, keyTags: Tags): Tags {
  try {
    return requestTags(x.headers['x-sluice-tags'], keyTags);
  } catch (error) {
    if (error instanceof Fault) return keyTags;
    throw error;
  }
}

function sessionId(x: Recorded, kept: Keep | undefined): string | null {
  const text = header(x, 'x-sluice-session');
  return text === undefined || kept === undefined ? null : storableText(kept(text), SHORT);
}

function mapValues(tags: Tags, change: (text: string) => string): Tags {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, change(value)]));
}

function header(x: Recorded, name: string): string | undefined {
  const value = x.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function drawLine(draw: Draw): DrawLine {
  return {
    budget_id: draw.budgetId,
    subject_id: draw.subjectId,
    window_start: isoTime(draw.windowStartMs),
    pico_usd: draw.picoUsd.toString(),
    lease_id: draw.leaseId ?? null,
    terms: draw.terms === undefined ? null : termsLine(draw.terms),
  };
}

function termsLine(terms: NonNullable<Draw['terms']>): TermsLine {
  const { windowEndMs } = terms;
  return {
    name: terms.name,
    scope: terms.scope,
    subject_name: terms.subjectName,
    hard: terms.hard,
    amount_pico_usd: terms.amount.toString(),
    alert_percents: terms.alertPercents,
    rolling_seconds: terms.rollingSeconds,
    window_end: Number.isFinite(windowEndMs) ? isoTime(windowEndMs) : null,
  };
}

/**
 * The request as it stands after redaction, where the organisation keeps content. Never before redaction had
 * its say, and never what it blocked.
 */
function storedContent(x: Recorded, fault: Fault | null): string | undefined {
  if (!x.principal?.org.storeContent || !x.call || x.endpoint.stored) return undefined;
  const redacted = x.redaction === undefined ? 'redaction' in x : x.redaction?.complete === true;
  if (!redacted || fault?.code === 'pii_blocked') return undefined;
  return contentText(x.call);
}

function contentText(call: Call): string {
  return storableText(JSON.stringify(call.body), CONTENT_LENGTH_MAX);
}
