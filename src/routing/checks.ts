/** Active health checks: is anybody there? Asked over HTTP without credentials, so that nothing is billed. */
import type { Log } from '../storage/log.ts';

export interface CheckDeps {
  /** Providers by name, with the base URL that is asked; those inside the gateway have none and are not checked. */
  readonly urls: ReadonlyMap<string, string>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Told after every check that decides something. */
  readonly saw: (provider: string, up: boolean) => void;
  readonly log: Log;
}

export interface Checks {
  readonly stop: () => void;
}

/** One lost packet is no outage. */
const FAILURES_TO_BE_DOWN = 2;

/** Checks every provider now and then, until it is stopped. Any answer below 500 is a sign of life, 401 included. */
export function startChecks({ urls, intervalMs, timeoutMs, saw, log }: CheckDeps): Checks {
  const failures = new Map<string, number>();
  const check = async (provider: string, url: string): Promise<void> => {
    const up = await answers(url, timeoutMs);
    const before = failures.get(provider) ?? 0;
    const now = up ? 0 : before + 1;
    failures.set(provider, now);
    if (!up && now < FAILURES_TO_BE_DOWN) return;
    saw(provider, up);
    if (now === FAILURES_TO_BE_DOWN) log.warn({ provider }, 'a provider does not answer its health check');
    if (up && before >= FAILURES_TO_BE_DOWN) log.info({ provider }, 'a provider answers again');
  };
  let running = false;
  const round = async (): Promise<void> => {
    if (running) return;
    running = true;
    await Promise.all([...urls].map(([provider, url]) => check(provider, url)));
    running = false;
  };
  const timer = setInterval(() => void round(), intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function answers(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    // refused, reset, too late: nobody is there
    return false;
  }
}
