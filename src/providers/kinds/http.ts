/** What providers over HTTP have in common. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/fault.ts';
import type { Operation } from '../../dialects/dialect.ts';
import type { VendorWords } from '../../dialects/index.ts';
import type { StoredCall } from '../../gateway/stage.ts';
import type { Diagnosis, Said } from '../diagnosis.ts';
import { forwardHeaders } from '../headers.ts';
import { KeyRing, type ProviderKey } from '../key-ring.ts';
import type {
  Capability,
  Head,
  Provider,
  Receiver,
  Timeouts,
  Transmission,
  UpstreamRequest,
} from '../provider.ts';
import type { RateLimitHeaders } from '../rate-limits.ts';
import { HttpOrigin } from '../upstream.ts';
import type { HttpSettings, ProviderKind, Surroundings } from './kind.ts';

/** Below the base URL. A function where it names the model. */
export type Path = string | ((model: string, stream: boolean) => string);

/** A call that is complete but for its credentials. */
export interface Unsigned {
  readonly operation: Operation;
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export type Credentials = Readonly<Record<string, string>>;

/** What a provider takes as it is from its kind, its settings and its surroundings. */
export interface Basics {
  readonly name: string;
  readonly kind: string;
  readonly region: string | undefined;
  readonly patterns: readonly string[];
  readonly knownModels: readonly string[];
  readonly capabilities: readonly Capability[];
  readonly forwards: readonly string[];
  /** Headers that no client can replace. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  readonly maxConnections: number;
  readonly clock: Clock;
}

export interface HttpProviderOptions extends Basics {
  readonly baseUrl: string;
  /** What is missing is not served. */
  readonly paths: ReadonlyMap<Operation, Path>;
  /** Headers that a client's header of the same name replaces. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly keys: readonly ProviderKey[];
  /** It answers nobody without one. */
  readonly needsKey: boolean;
  /** Credentials as headers; a promise only where it must wait. @throws Error for a secret of the wrong shape */
  readonly authorize: (secret: string, call: Unsigned) => Credentials | Promise<Credentials>;
  /**
   * What `authorize` made was refused: forgets it, where it can be made anew.
   * @returns whether that may help
   */
  readonly renew?: (secret: string, sent: Credentials, refusal: Head) => boolean;
  readonly usageOnRequest: boolean;
  readonly diagnose?: (status: number, said: Said) => Diagnosis | undefined;
  readonly rateLimits?: RateLimitHeaders | undefined;
  readonly operationsOf?: (model: string) => ReadonlySet<Operation>;
  readonly wireModel?: (model: string) => string;
  /** The body where it is not the request's as it stands. */
  readonly bodyOf?: (request: UpstreamRequest) => Uint8Array | undefined;
  /** Stands between the provider and who receives its answer, where that comes wrapped in something else. */
  readonly unwrap?: (operation: Operation, receiver: Receiver) => Receiver;
  readonly words?: VendorWords | undefined;
  /** What `accept` asks for on a stream, where it is not server-sent events. */
  readonly streamType?: string;
}

/** @param kind what stands for a setting that is not given */
export function basics(
  kind: Pick<ProviderKind, 'id' | 'patterns' | 'knownModels' | 'capabilities' | 'forwards' | 'regions'>,
  name: string,
  settings: HttpSettings,
  { clock }: Surroundings,
): Basics {
  return {
    name,
    kind: kind.id,
    region: settings.region ?? (kind.regions.length === 1 ? kind.regions[0] : undefined),
    patterns: settings.models ?? kind.patterns,
    knownModels: kind.knownModels,
    capabilities: kind.capabilities,
    forwards: kind.forwards,
    headers: settings.headers,
    timeouts: settings.timeouts_ms,
    maxConnections: settings.max_connections,
    clock,
  };
}

/** Identity, because a compressed stream arrives late and in lumps. */
const EVERY_CALL = { 'accept-encoding': 'identity' } as const;
const EVERY_POST = { ...EVERY_CALL, 'content-type': 'application/json' } as const;

export function httpProvider(options: HttpProviderOptions): Provider {
  const { name, timeouts, operationsOf, wireModel } = options;
  const url = new URL(options.baseUrl);
  const root = url.pathname.replace(/\/+$/, '');
  const origin = new HttpOrigin(name, url.origin, options.maxConnections, timeouts.connect);
  const { renew, unwrap } = options;
  const keys = new KeyRing(options.keys, options.rateLimits, options.clock);
  return {
    name,
    kind: options.kind,
    region: options.region,
    patterns: options.patterns,
    knownModels: options.knownModels,
    capabilities: options.capabilities,
    operations: new Set(options.paths.keys()),
    ...(operationsOf ? { operationsOf } : {}),
    ...(wireModel ? { wireModel } : {}),
    keys,
    needsKey: options.needsKey,
    timeouts,
    usageOnRequest: options.usageOnRequest,
    diagnose: options.diagnose ?? (() => undefined),
    words: options.words,
    send(request: UpstreamRequest, receiver: Receiver): Transmission {
      const key = keys.choose(request.orgId);
      if (key === undefined && options.needsKey) {
        receiver.fail(noKey(name));
        return NOTHING;
      }
      const call = unsigned(options, `${url.origin}${root}`, request);
      const dispatch = (credentials: Credentials): Transmission => {
        const heard =
          key &&
          ((status: number, headers: IncomingHttpHeaders): void => {
            const refused = status === 401 || status === 403;
            const renewed = refused && renew?.(key.secret, credentials, { status, headers }) === true;
            keys.heard(key, status, headers, renewed);
          });
        const headers = { ...call.headers, ...credentials };
        const path = call.url.slice(url.origin.length);
        const told = unwrap === undefined ? receiver : unwrap(request.operation, receiver);
        return origin.call({ method: call.method, path, headers, body: call.body, heard }, told);
      };
      const credentials = key === undefined ? {} : options.authorize(key.secret, call);
      return credentials instanceof Promise
        ? new Signing(name, credentials, dispatch, receiver)
        : dispatch(credentials);
    },
    close: () => origin.close(),
  };
}

function unsigned(options: HttpProviderOptions, base: string, request: UpstreamRequest): Unsigned {
  const { name, paths, defaults, forwards, streamType = 'text/event-stream' } = options;
  const { operation, stored, stream } = request;
  const path = paths.get(operation);
  if (path === undefined) throw new Error(`${name} does not serve ${operation}`);
  const url = `${base}${typeof path === 'string' ? path : path(request.model, stream)}`;
  const headers: Record<string, string> = { ...defaults };
  // A header of the client's dialect means nothing in another one.
  if (request.translation === undefined) forwardHeaders(request.clientHeaders, forwards, headers);
  // The gateway's own come last, so that nothing of the client's stands in their place.
  Object.assign(headers, options.headers, request.ownHeaders, stored === undefined ? EVERY_POST : EVERY_CALL);
  headers.accept = stream ? streamType : 'application/json';
  return stored === undefined
    ? { operation, method: 'POST', url, headers, body: options.bodyOf?.(request) ?? request.bytes() }
    : { operation, method: stored.method, url: storedUrl(url, stored), headers, body: null };
}

function storedUrl(collection: string, { id, query }: StoredCall): string {
  const [path = '', own] = collection.split('?');
  const queries = [own, query].filter((one) => one).join('&');
  return `${path}/${encodeURIComponent(id)}${queries === '' ? '' : `?${queries}`}`;
}

/** A call that waits for its credentials. */
class Signing implements Transmission {
  #call: Transmission | undefined;
  #cancelled = false;

  constructor(
    provider: string,
    credentials: Promise<Credentials>,
    dispatch: (credentials: Credentials) => Transmission,
    receiver: Receiver,
  ) {
    credentials.then(
      (ready) => {
        if (!this.#cancelled) this.#call = dispatch(ready);
      },
      (error: unknown) => {
        if (!this.#cancelled) receiver.fail(unsignable(provider, error));
      },
    );
  }

  get sent(): boolean {
    return this.#call?.sent === true;
  }

  resume(): void {
    this.#call?.resume();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#call?.cancel();
  }
}

const NOTHING: Transmission = { sent: false, resume: () => undefined, cancel: () => undefined };

function noKey(provider: string): Fault {
  return new Fault(
    'provider_auth_failed',
    `The gateway holds no key of the provider ${provider} for this organisation; its administrators can add one.`,
  );
}

function unsignable(provider: string, error: unknown): Fault {
  return new Fault(
    'provider_auth_failed',
    `The gateway has no valid credentials for the provider ${provider}; its operators must renew them.`,
    { internal: error instanceof Error ? error.message : String(error), cause: error },
  );
}
