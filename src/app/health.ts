/** Whether this node lives and may take traffic. */
import type { Drain } from '../storage/journal/drain.ts';
import type { Houses } from './houses.ts';
import type { State } from './state.ts';
import type { Primary } from './workers/link.ts';

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

/** What `/readyz` looks at. Postgres away is no reason to refuse traffic: the journal keeps the records. */
export function healthChecks(
  { db, redis, journal }: State,
  { policies, prompts }: Houses,
  drain: Drain,
  primary: Primary | undefined,
): readonly (() => Part | Promise<Part>)[] {
  const part = (name: string, state: Part['state'], detail?: string): Part =>
    detail === undefined ? { name, state } : { name, state, detail };
  return [
    async () =>
      (await db.healthy())
        ? part('database', 'ok')
        : part('database', 'degraded', 'does not answer; records wait in the journal'),
    () => {
      const refused = journal.admits();
      if (refused) return part('journal', 'down', refused.message);
      const behind = drain.stats.state === 'retrying';
      return part('journal', behind ? 'degraded' : 'ok', `${journal.stats.pendingRecords} records wait`);
    },
    () =>
      redis === undefined || redis.state === 'up'
        ? part('redis', 'ok')
        : part('redis', 'degraded', 'does not answer; this node counts by itself'),
    () => {
      const { ok, error } = policies.state();
      return ok ? part('policies', 'ok') : part('policies', 'degraded', error);
    },
    ...(primary === undefined ? [] : [() => crewPart(primary)]),
    () => {
      const error = prompts.fileError();
      return error === undefined ? part('prompts', 'ok') : part('prompts', 'degraded', error);
    },
  ];
}

/** Whoever asks is answered by a worker that serves; the others may be on their way. */
function crewPart({ crew: { serving, wanted } }: Primary): Part {
  const detail = `${serving} of ${wanted} serve`;
  return { name: 'workers', state: serving < wanted ? 'degraded' : 'ok', detail };
}
