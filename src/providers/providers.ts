import type { Clock } from '../core/clock.ts';
import { Deadlines } from './deadlines.ts';
import { KINDS } from './kinds/index.ts';
import type { Surroundings } from './kinds/kind.ts';
import type { Provider } from './provider.ts';
import type { ProvidersSettings } from './settings.ts';

/** The providers that are switched on, in the order of the configuration. */
export interface Providers {
  readonly byName: ReadonlyMap<string, Provider>;
  readonly deadlines: Deadlines;
  /** Ends every connection at once; calls in flight fail. */
  close(): Promise<void>;
}

export function openProviders(settings: ProvidersSettings, clock: Clock): Providers {
  const deadlines = new Deadlines(clock);
  const byName = new Map<string, Provider>();
  for (const [name, one] of Object.entries(settings)) {
    if (one.enabled) byName.set(name, open(name, one, { clock, deadlines }));
  }
  return {
    byName,
    deadlines,
    close: async () => {
      await Promise.all([...byName.values()].map((provider) => provider.close()));
    },
  };
}

function open(name: string, settings: ProvidersSettings[string], surroundings: Surroundings): Provider {
  const kind = KINDS.find(({ id }) => id === settings.kind);
  if (kind === undefined) throw new Error(`provider ${name}: there is no kind ${settings.kind}`);
  // The schema chose the kind by the same discriminator, which TypeScript cannot follow through `find`.
  const opener = kind.open as (name: string, settings: unknown, surroundings: Surroundings) => Provider;
  return opener(name, settings, surroundings);
}
