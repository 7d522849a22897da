/** The providers' stage set up against fake providers. */
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { asFault, type Fault } from '../../src/core/fault.ts';
import { estimateUsage } from '../../src/metering/index.ts';
import { openProviders, type Providers } from '../../src/providers/index.ts';
import { providersSettings, retriesSettings } from '../../src/providers/settings.ts';
import { callUpstream } from '../../src/providers/stage.ts';
import { type TargetStates, targetStates } from '../../src/routing/index.ts';
import { routingSettings } from '../../src/routing/settings.ts';
import type { TestExchange } from '../support/exchange.ts';

export interface TestGateway {
  readonly providers: Providers;
  readonly targets: TargetStates;
  /** Enters the stage; the fault where it refuses. */
  call(x: TestExchange): Promise<Fault | undefined>;
  readonly settle: (x: TestExchange, kind: 'done' | 'abandoned' | 'failed', fault?: Fault) => void;
}

/** @param settings the section `providers`. @param retries the section `retries`; pauses are short by default. @param routing that section. @param clock of circuits */
export function testGateway(
  t: { teardown(close: () => Promise<void>): void },
  settings: Readonly<Record<string, object>>,
  retries: object = {},
  routing: object = {},
  clock: Clock = systemClock,
): TestGateway {
  const providers = openProviders(providersSettings.parse(settings), systemClock);
  t.teardown(() => providers.close());
  const targets = targetStates(routingSettings.parse(routing), clock);
  const stage = callUpstream({
    providers: providers.byName,
    deadlines: providers.deadlines,
    standings: targets,
    estimateUsage,
    retries: retriesSettings.parse({ backoff_base_ms: 1, backoff_max_ms: 2, ...retries }),
    clock: systemClock,
    random: () => 0.5,
    mirror: () => undefined,
  });
  return {
    providers,
    targets,
    call: async (x) => {
      try {
        await stage.enter(x);
        return undefined;
      } catch (thrown) {
        return asFault(thrown);
      }
    },
    settle: (x, kind, fault) => {
      if (kind === 'done') void stage.settle?.(x, { kind });
      else if (fault !== undefined) void stage.settle?.(x, { kind, fault });
    },
  };
}

/** An `openai-compatible` provider at this address. */
export function compatible(url: string, more: object = {}): object {
  return { kind: 'openai-compatible', base_url: `${url}/v1`, ...more };
}
