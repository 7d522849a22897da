/** What a simulated model does, by its name. Documented in docs/simulator.md. */

export type Behaviour =
  | { readonly does: 'answer'; readonly pace: 'settings' | 'fast' | 'slow'; readonly echo: boolean }
  | { readonly does: 'refuse'; readonly status: number }
  /** Never answers. */
  | { readonly does: 'hang' }
  /** Closes the connection halfway. */
  | { readonly does: 'break' }
  /** A stream whose first event is an error. */
  | { readonly does: 'error-event' };

/** Names worth listing; any other `sim-…` answers at the pace of the settings. */
export const SIMULATED_MODELS = [
  'sim-fast',
  'sim-slow',
  'sim-echo',
  'sim-embed',
  'sim-error-429',
  'sim-error-500',
  'sim-error-503',
  'sim-error-event',
  'sim-timeout',
  'sim-broken',
] as const;

const REFUSAL = /^sim-error-([45]\d\d)$/;

export function behaviourOf(model: string): Behaviour {
  switch (model) {
    case 'sim-fast':
      return { does: 'answer', pace: 'fast', echo: false };
    case 'sim-slow':
      return { does: 'answer', pace: 'slow', echo: false };
    case 'sim-echo':
      return { does: 'answer', pace: 'settings', echo: true };
    case 'sim-timeout':
      return { does: 'hang' };
    case 'sim-broken':
      return { does: 'break' };
    case 'sim-error-event':
      return { does: 'error-event' };
  }
  const status = model.startsWith('sim-error-') ? REFUSAL.exec(model)?.[1] : undefined;
  if (status !== undefined) return { does: 'refuse', status: Number(status) };
  return { does: 'answer', pace: 'settings', echo: false };
}
