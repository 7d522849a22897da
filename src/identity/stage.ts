import { Fault } from '../core/fault.ts';
import type { Arrival, Open, Stage } from '../gateway/stage.ts';
import type { Authenticator } from './authenticator.ts';
import type { HasPrincipal, Principal } from './principal.ts';

/** Fills `principal`; at once for keys and known tokens, after verification for new tokens. */
export function authenticate(authenticator: Authenticator): Stage<unknown, HasPrincipal> {
  return {
    name: 'authenticate',
    enter(x) {
      const principal = authenticator(x.headers, x.remoteAddress);
      if (principal instanceof Promise) return principal.then((verified) => admit(x, verified));
      admit(x, principal);
    },
  };
}

function admit(x: Arrival & Open<HasPrincipal>, principal: Principal): void {
  // Set before the refusal, so that its record says whom it hit.
  x.principal = principal;
  if (principal.uses.inference) return;
  throw new Fault(
    'permission_denied',
    'This key administers the gateway and may not call models. Use a virtual key of an organisation (slk_…).',
  );
}
