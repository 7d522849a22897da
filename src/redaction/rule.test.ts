import t from 'tap';
import { PseudonymKeys } from './keys.ts';
import { compilePlan, type RedactionRules, redactionRules } from './rule.ts';
import { tryRedaction } from './trial.ts';

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

const badge = (pattern: string, example: string, more: object = {}) => ({
  badge: { patterns: [pattern], examples: { found: [example] }, ...more },
});

t.test('an entity that a policy declares gets the action of its name, else of its group, else of *', (t) => {
  const entities = badge('B\\d{4}', '‹B1234›');
  const rules = (request: object) => redactionRules.parse({ entities, request });
  t.equal(compilePlan([rules({ '*': 'mask', pii: 'hash', badge: 'block' })]).request.badge, 'block');
  t.equal(compilePlan([rules({ '*': 'mask', pii: 'hash' })]).request.badge, 'hash');
  t.equal(compilePlan([rules({ '*': 'mask' })]).request.badge, 'mask');
  t.equal(compilePlan([rules({ email: 'mask' })]).request.badge, undefined);
  const secret = redactionRules.parse({
    entities: badge('B\\d{4}', '‹B1234›', { group: 'secret' }),
    request: { badge: 'pseudonymise' },
  });
  t.equal(compilePlan([secret]).request.badge, 'mask', 'a secret is never reversible');
  t.end();
});

t.test('two policies that declare one name find what either describes; another plan finds neither', (t) => {
  const key = new PseudonymKeys(new Uint8Array(32)).of('org');
  const first = redactionRules.parse({ entities: badge('\\bB\\d{4}', '‹B1234›') });
  const second = redactionRules.parse({ entities: badge('\\bC\\d{4}', '‹C1234›') });
  const tried = (...declared: RedactionRules[]) =>
    tryRedaction(
      'B1234 C1234',
      { badge: 'mask' },
      key,
      declared.map(({ entities = {} }) => entities),
    ).text;
  t.equal(tried(first, second), '<BADGE> <BADGE>');
  t.equal(tried(first), '<BADGE> C1234');
  t.equal(tried(second), 'B1234 <BADGE>');
  t.equal(tried(), 'B1234 C1234');
  t.end();
});

t.test('what is wrong with a declaration is said where it stands', (t) => {
  const flaws = (rules: object) =>
    redactionRules.safeParse(rules).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const wrong: [object, RegExp][] = [
    [badge('B\\d+', '‹B1›'), /^entities\.badge\.patterns\.0: at character 4 of the pattern: "\+" has no/],
    [badge('B\\d{4}', '‹B1›'), /^entities\.badge\.examples\.found\.0: nothing found in it, not 1–2/],
    [badge('B\\d', 'B1'), /^entities\.badge\.examples\.found\.0: does not say where the value is/],
    [badge('B\\d', '‹B1›', { tail: '\\d\\d' }), /^entities\.badge\.tail: is not one class/],
    [badge('B\\d', '‹B1›', { score: 40 }), /^entities\.badge\.score: below 50 it needs words under context/],
    [badge('B\\d', '‹B1›', { colour: 'red' }), /^entities\.badge: Unrecognized key/],
    [{ email: badge('B\\d', '‹B1›').badge }, /^entities\.email: "email" has a meaning already/],
    [{ literal: badge('B\\d', '‹B1›').badge }, /^entities\.literal: "literal" has a meaning already/],
    [{ 'B-1': badge('B\\d', '‹B1›').badge }, /^entities\.B-1: /],
  ];
  for (const [entities, says] of wrong) t.match(flaws({ entities })?.[0], says);
  t.match(flaws({ entities: badge('B\\d', '‹B1›'), answer: { badgr: 'mask' } }), [
    /^answer\.badgr: there is no entity "badgr"; did you mean "badge"\?/,
  ]);
  t.end();
});
