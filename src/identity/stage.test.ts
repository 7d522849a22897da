import { t } from 'tap';
import { Fault } from '../core/fault.ts';
import type { Arrival } from '../gateway/stage.ts';
import type { Authenticator } from './authenticator.ts';
import type { HasPrincipal, Principal } from './principal.ts';
import { platformPrincipal } from './principals.ts';
import { authenticate } from './stage.ts';

const caller: Principal = { ...platformPrincipal('x'), uses: { inference: true, admin: false } };

/** Only what the stage looks at. */
function arrival(): Arrival & { principal: HasPrincipal['principal'] | null } {
  const seen: Pick<Arrival, 'headers' | 'remoteAddress'> = { headers: {}, remoteAddress: '192.0.2.1' };
  return { ...seen, principal: null } as Arrival & { principal: Principal | null };
}

t.test('a key is answered at once, a token after its verification', async (t) => {
  const atOnce = arrival();
  t.equal(authenticate(() => caller).enter(atOnce), undefined, 'no promise');
  t.equal(atOnce.principal, caller);
  const later = arrival();
  const entered = authenticate(async () => caller).enter(later);
  t.equal(later.principal, null);
  await entered;
  t.equal(later.principal, caller);
});

t.test('who may not call models is refused, and the record still knows who it was', async (t) => {
  const operator = platformPrincipal('op');
  const authenticators: Authenticator[] = [() => operator, async () => operator];
  for (const authenticator of authenticators) {
    const x = arrival();
    await t.rejects(async () => authenticate(authenticator).enter(x), { code: 'permission_denied' });
    t.equal(x.principal, operator);
  }
});

t.test('what the authenticator refuses stays refused, with nobody recognised', async (t) => {
  const x = arrival();
  const refusal = new Fault('invalid_api_key', 'no');
  const authenticator: Authenticator = () => {
    throw refusal;
  };
  t.throws(() => authenticate(authenticator).enter(x), refusal);
  t.equal(x.principal, null);
});
