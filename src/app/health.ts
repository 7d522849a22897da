/** Whether this node lives and may take traffic. */

export interface Part {
  readonly name: string;
  /** `down` takes the node out of traffic; `degraded` is only said. */
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail?: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly status: 'ok' | 'degraded' | 'down' | 'draining';
  readonly parts: readonly Part[];
}

/** @param checks asked anew at every look; each answers within a second */
export async function readiness(
  checks: readonly (() => Part | Promise<Part>)[],
  draining: boolean,
): Promise<Readiness> {
  const parts = await Promise.all(checks.map((check) => check()));
  if (draining) return { ready: false, status: 'draining', parts };
  const down = parts.some((part) => part.state === 'down');
  const degraded = parts.some((part) => part.state === 'degraded');
  return { ready: !down, status: down ? 'down' : degraded ? 'degraded' : 'ok', parts };
}
