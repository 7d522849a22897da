import t from 'tap';
import { compilePlan, redactionRules } from './rule.ts';

t.test('within a section the more exact name wins', (t) => {
  const plan = compilePlan([{ request: { '*': 'block', pii: 'mask', email: 'allow' } }]);
  t.match(plan.request, { email: 'allow', phone: 'mask', jwt: 'block' });
  t.same(plan.answer, {});
  t.end();
});

t.test('of several policies the strictest wins, entity by entity, and is named', (t) => {
  const plan = compilePlan(
    [
      { request: { pii: 'pseudonymise' } },
      { request: { email: 'mask' } },
      { request: { phone: 'allow', iban: 'block' } },
    ],
    ['a', 'b', 'c'],
  );
  t.match(plan.request, { email: 'mask', phone: 'pseudonymise', iban: 'block', us_ssn: 'pseudonymise' });
  t.match(plan.settledBy, { 'request.email': 'b', 'request.phone': 'a', 'request.iban': 'c' });
  t.end();
});

t.test('a secret is never reversible', (t) => {
  t.match(compilePlan([{ request: { '*': 'pseudonymise' } }]).request, {
    jwt: 'mask',
    email: 'pseudonymise',
  });
  t.end();
});

t.test('a misspelt entity, action or direction is refused', (t) => {
  t.equal(redactionRules.safeParse({ request: { emial: 'mask' } }).success, false);
  t.equal(redactionRules.safeParse({ request: { email: 'hide' } }).success, false);
  t.equal(redactionRules.safeParse({ reply: { email: 'mask' } }).success, false);
  t.equal(
    redactionRules.safeParse({ request: { email: 'mask', '*': 'allow' }, answer: { secret: 'block' } })
      .success,
    true,
  );
  t.end();
});
