/** What providers over HTTP have in common. */
import type { Operation } from '../../dialects/dialect.ts';
import type { StoredCall } from '../../gateway/stage.ts';
import type { Diagnosis, Said } from '../diagnosis.ts';
import { forwardHeaders } from '../headers.ts';
import type { Provider, Receiver, Timeouts, Transmission, UpstreamRequest } from '../provider.ts';
import { HttpOrigin } from '../upstream.ts';

export interface HttpProviderOptions {
  readonly name: string;
  readonly kind: string;
  readonly region: string | undefined;
  readonly patterns: readonly string[];
  readonly knownModels: readonly string[];
  readonly baseUrl: string;
  /** Below the base URL; what is missing is not served. */
  readonly paths: ReadonlyMap<Operation, string>;
  /** Headers that a client's header of the same name replaces. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Credentials and other headers that no client can replace. */
  readonly headers: Readonly<Record<string, string>>;
  readonly forwards: readonly string[];
  readonly timeouts: Timeouts;
  readonly maxConnections: number;
  readonly usageOnRequest: boolean;
  readonly diagnose: (status: number, said: Said) => Diagnosis | undefined;
}

/** Identity, because a compressed stream arrives late and in lumps. */
const EVERY_CALL = { 'accept-encoding': 'identity' } as const;
const EVERY_POST = { ...EVERY_CALL, 'content-type': 'application/json' } as const;

export function httpProvider(options: HttpProviderOptions): Provider {
  const { name, paths, defaults, headers, forwards, timeouts } = options;
  const url = new URL(options.baseUrl);
  const root = url.pathname.replace(/\/+$/, '');
  const full = new Map([...paths].map(([operation, path]) => [operation, `${root}${path}`]));
  const origin = new HttpOrigin(name, url.origin, options.maxConnections, timeouts.connect);
  return {
    name,
    kind: options.kind,
    region: options.region,
    patterns: options.patterns,
    knownModels: options.knownModels,
    operations: new Set(paths.keys()),
    timeouts,
    usageOnRequest: options.usageOnRequest,
    diagnose: options.diagnose,
    send(request: UpstreamRequest, receiver: Receiver): Transmission {
      const path = full.get(request.operation);
      if (path === undefined) throw new Error(`${name} does not serve ${request.operation}`);
      const sent: Record<string, string> = { ...defaults };
      forwardHeaders(request.clientHeaders, forwards, sent);
      // The gateway's own come last, so that nothing of the client's stands in their place.
      const { stored } = request;
      Object.assign(sent, headers, request.ownHeaders, stored === undefined ? EVERY_POST : EVERY_CALL);
      sent.accept = request.stream ? 'text/event-stream' : 'application/json';
      const call =
        stored === undefined
          ? { method: 'POST' as const, path, headers: sent, body: request.bytes() }
          : { method: stored.method, path: pathOf(path, stored), headers: sent, body: null };
      return origin.call(call, receiver);
    },
    close: () => origin.close(),
  };
}

function pathOf(collection: string, { id, query }: StoredCall): string {
  return `${collection}/${encodeURIComponent(id)}${query === '' ? '' : `?${query}`}`;
}
