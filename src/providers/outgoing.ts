import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';
import type { Arrival, HasCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { Target } from './plan.ts';
import type { Provider, UpstreamRequest } from './provider.ts';

/** A request as one target wants it. The client's own bytes go out unless something had to be changed. */
export class Outgoing implements UpstreamRequest {
  readonly operation: Operation;
  readonly orgId: string;
  readonly model: string;
  readonly stream: boolean;
  readonly body: JsonObject;
  readonly clientHeaders: IncomingHttpHeaders;
  readonly ownHeaders: Readonly<Record<string, string>>;
  readonly stored = undefined;
  /** The gateway asks for a usage report that the client did not ask for. */
  readonly usageInjected: boolean;
  #bytes: Uint8Array | undefined;

  constructor(
    x: Arrival & HasCall & HasPrincipal,
    target: Target,
    provider: Provider,
    ownHeaders: Readonly<Record<string, string>>,
  ) {
    const { dialect, operation } = x.endpoint;
    const { described } = x.call;
    this.operation = operation;
    this.orgId = x.principal.orgId;
    this.model = provider.wireModel?.(target.model) ?? target.model;
    this.stream = described.stream;
    this.clientHeaders = x.headers;
    this.ownHeaders = ownHeaders;
    const renamed = this.model !== described.model;
    const asks = described.stream && provider.usageOnRequest;
    // A copy, because the next target may want the body otherwise.
    this.body = renamed || asks ? { ...x.call.body } : x.call.body;
    if (renamed) dialect.setModel(this.body, this.model);
    this.usageInjected = asks && dialect.stream.requestUsage(this.body);
    if (!renamed && !this.usageInjected && !x.call.changed) this.#bytes = x.bytes;
  }

  bytes(): Uint8Array {
    this.#bytes ??= Buffer.from(JSON.stringify(this.body));
    return this.#bytes;
  }
}
