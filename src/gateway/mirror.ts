import type { JsonObject } from '../core/json.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import { type HasPlan, MIRRORING } from '../providers/index.ts';
import type { Shadows } from './shadow.ts';
import type { Arrival, HasCall } from './stage.ts';

/**
 * Sends what a client asks to a candidate as well, and forgets the answer. It is asked whole, whatever the client
 * wants: nobody reads it, and what counts is that it came and what it cost.
 */
export function mirror(shadows: Shadows, x: Arrival & HasPrincipal & HasVerdict & HasCall & HasPlan): void {
  const target = x.plan.mirror;
  if (target === undefined) return;
  const body: JsonObject = { ...x.call.body };
  if (x.call.described.stream) {
    if (body.stream !== undefined) body.stream = false;
    delete body.stream_options;
  }
  const plan = { targets: [target], manner: MIRRORING, mirror: undefined } as const;
  const described = { ...x.call.described, stream: false };
  void shadows.send(x, { suffix: '.mirror', endpoint: x.endpoint, described, body, plan });
}
