import type { IncomingHttpHeaders } from 'node:http';
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import { bridge, type TranslatedCall, translation } from '../dialects/index.ts';
import type { Arrival, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import { estimateUsage } from '../metering/index.ts';
import type { Target } from './plan.ts';
import type { CallTranslation, Provider, UpstreamRequest } from './provider.ts';
import { operationFor } from './serves.ts';

/**
 * A request as one target wants it: in the client's own bytes unless something had to be changed, in another dialect
 * where the provider does not speak the client's.
 */
export class Outgoing implements UpstreamRequest {
  readonly operation: Operation;
  readonly orgId: string;
  readonly model: string;
  readonly stream: boolean;
  readonly body: JsonObject;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly ownHeaders: Readonly<Record<string, string>>;
  readonly stored = undefined;
  readonly translation: CallTranslation | undefined;
  /** The gateway asks for a usage report that the client did not ask for. */
  readonly usageInjected: boolean;
  #bytes: Uint8Array | undefined;

  /** @throws Fault `invalid_request` for what can be neither translated nor dropped */
  constructor(
    x: Arrival & HasCall & HasPrincipal,
    target: Target,
    provider: Provider,
    ownHeaders: Readonly<Record<string, string>>,
  ) {
    const { dialect, operation } = x.endpoint;
    const { described } = x.call;
    const bridged = bridgedCall(x, target, provider);
    this.operation = bridged?.operation ?? operationFor(provider, operation, target.model) ?? operation;
    this.orgId = x.principal.orgId;
    this.model = provider.wireModel?.(target.model) ?? target.model;
    this.stream = described.stream;
    this.clientHeaders = x.headers;
    this.ownHeaders = ownHeaders;
    if (this.operation !== operation) {
      const call = bridged?.call ?? translated(x, target, provider, this.operation);
      this.translation = { dialect, call };
      this.body = call.body;
      this.usageInjected = false;
      return;
    }
    this.translation = undefined;
    const renamed = this.model !== described.model;
    const asks = described.stream && provider.usageOnRequest;
    // A copy, because the next target may want the body otherwise.
    this.body = renamed || asks ? { ...x.call.body } : x.call.body;
    if (renamed) dialect.setModel(this.body, this.model);
    this.usageInjected = asks && dialect.stream.requestUsage(this.body);
    if (!renamed && !this.usageInjected) this.#bytes = x.call.bytes();
  }

  bytes(): Uint8Array {
    this.#bytes ??= Buffer.from(JSON.stringify(this.body));
    return this.#bytes;
  }
}

function translated(
  { endpoint, call, bytes, id, arrivedAtMs }: Arrival & HasCall,
  target: Target,
  provider: Provider,
  operation: Operation,
): TranslatedCall {
  const made = translation(endpoint.operation, operation)?.open(call.body, {
    model: target.model,
    kind: provider.kind,
    inputTokens: estimateUsage(call.body, bytes.length, 0).inputTokens,
    nowMs: arrivedAtMs,
    id: id.replaceAll('-', ''),
    stream: call.described.stream,
  });
  if (made === undefined) throw new Error(`${endpoint.operation} cannot be translated to ${operation}`);
  if (made.body.model !== undefined) made.body.model = provider.wireModel?.(target.model) ?? target.model;
  if (!provider.usageOnRequest) delete made.body.stream_options;
  return made;
}

/** The kinds whose chat completions leave something to their responses. */
const BRIDGED: ReadonlySet<string> = new Set(['openai', 'azure-openai']);

/** A call in another operation of the provider's, where it would refuse the client's; undefined where that will do. */
function bridgedCall(
  x: Arrival & HasCall,
  target: Target,
  provider: Provider,
): { readonly operation: Operation; readonly call: TranslatedCall } | undefined {
  if (!BRIDGED.has(provider.kind)) return undefined;
  const operation = bridge(x.endpoint.operation, target.model, x.call.body);
  if (operation === undefined || !provider.operations.has(operation)) return undefined;
  try {
    return { operation, call: translated(x, target, provider, operation) };
  } catch (thrown) {
    // What only the client's own operation has words for: the provider itself says what it thinks of it.
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}
