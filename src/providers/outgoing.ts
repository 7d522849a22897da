import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import { type TranslatedCall, translation } from '../dialects/index.ts';
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
    this.operation = operationFor(provider, operation, target.model) ?? operation;
    this.orgId = x.principal.orgId;
    this.model = provider.wireModel?.(target.model) ?? target.model;
    this.stream = described.stream;
    this.clientHeaders = x.headers;
    this.ownHeaders = ownHeaders;
    if (this.operation !== operation) {
      const call = this.#translated(x, target, provider);
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

  #translated(
    { endpoint, call, bytes, id, arrivedAtMs }: Arrival & HasCall,
    target: Target,
    provider: Provider,
  ): TranslatedCall {
    const translated = translation(endpoint.operation, this.operation)?.open(call.body, {
      model: target.model,
      kind: provider.kind,
      inputTokens: estimateUsage(call.body, bytes.length, 0).inputTokens,
      nowMs: arrivedAtMs,
      id: id.replaceAll('-', ''),
      stream: this.stream,
    });
    if (translated === undefined) {
      throw new Error(`${endpoint.operation} cannot be translated to ${this.operation}`);
    }
    if (translated.body.model !== undefined) translated.body.model = this.model;
    if (!provider.usageOnRequest) delete translated.body.stream_options;
    return translated;
  }
}
