import { t } from 'tap';
import {
  EMPTY_SNAPSHOT,
  type KeyRow,
  type MembershipRow,
  type OrgRow,
  personPrincipal,
  type Snapshot,
  snapshotBuilder,
  standingOf,
  type UserRow,
} from './snapshot.ts';

const org: OrgRow = {
  id: 'o1',
  slug: 'acme',
  status: 'active',
  allowedProviders: null,
  restrictedProviders: [],
  defaultProvider: null,
  dataResidency: null,
  storeContent: false,
  version: '1',
};
const user: UserRow = {
  id: 'u1',
  orgId: 'o1',
  email: 'a@acme.example',
  externalId: 's1',
  status: 'active',
  version: '1',
};
const key = (id: string, more: Partial<KeyRow> = {}): KeyRow => ({
  id,
  orgId: 'o1',
  teamId: null,
  userId: null,
  kind: 'inference',
  role: 'member',
  hash: `hash of ${id}`,
  previousHash: null,
  previousExpiresAtMs: null,
  status: 'active',
  expiresAtMs: null,
  models: null,
  ipRanges: null,
  tags: {},
  version: '1',
  ...more,
});
const manages = (teamId: string): MembershipRow => ({
  userId: 'u1',
  teamId,
  teamName: teamId,
  role: 'manager',
});

function load(
  before: Snapshot,
  rows: { org?: OrgRow; user?: UserRow; roles?: MembershipRow[]; keys: KeyRow[] },
): Snapshot {
  const builder = snapshotBuilder(before);
  builder.addOrgs([{ ...(rows.org ?? org) }]);
  builder.addUsers([{ ...(rows.user ?? user) }], new Map([['u1', rows.roles ?? []]]));
  builder.addKeys(rows.keys.map((row) => ({ ...row })));
  return builder.build();
}
const principalOf = (snapshot: Snapshot, id: string) => snapshot.keys.get(`hash of ${id}`)?.principal;

t.test('a principal is the same object until something of it changes', async (t) => {
  const keys = [key('k1'), key('k2', { userId: 'u1' })];
  const first = load(EMPTY_SNAPSHOT, { keys });
  const again = load(first, { keys });
  t.equal(principalOf(again, 'k1'), principalOf(first, 'k1'));
  t.equal(principalOf(again, 'k2'), principalOf(first, 'k2'));
  t.equal(principalOf(again, 'k1')?.org, principalOf(again, 'k2')?.org, 'settings are shared');

  const touched = load(first, {
    keys: [key('k1', { version: '2', models: ['gpt-*'] }), key('k2', { userId: 'u1' })],
  });
  t.same(principalOf(touched, 'k1')?.models, ['gpt-*']);
  t.equal(principalOf(touched, 'k2'), principalOf(first, 'k2'));

  const promoted = load(first, { keys, roles: [manages('red')] });
  t.equal(principalOf(promoted, 'k1'), principalOf(first, 'k1'));
  t.match(principalOf(promoted, 'k2'), { role: 'manager', managedTeams: ['red'] });

  const settled = load(first, { keys, org: { ...org, version: '2', storeContent: true } });
  t.equal(principalOf(settled, 'k1')?.org.storeContent, true);
});

t.test('a key stands for its user, else for itself', async (t) => {
  const roles = [manages('red')];
  const keys = [
    key('mine', { userId: 'u1', role: 'owner' }),
    key('robot', { role: 'manager', teamId: 'blue', kind: 'admin' }),
  ];
  const snapshot = load(EMPTY_SNAPSHOT, { keys, roles });
  t.match(principalOf(snapshot, 'mine'), { role: 'manager', managedTeams: ['red'], email: 'a@acme.example' });
  t.match(principalOf(snapshot, 'robot'), { role: 'manager', managedTeams: ['blue'], email: null });
  t.same(principalOf(snapshot, 'mine')?.uses, { inference: true, admin: false });
  t.same(principalOf(snapshot, 'robot')?.uses, { inference: true, admin: true });
});

t.test('memberships add up: the organisation’s role, and manager for whoever manages a team', async (t) => {
  const inOrg = (role: MembershipRow['role']): MembershipRow => ({
    userId: 'u1',
    teamId: null,
    teamName: null,
    role,
  });
  t.match(standingOf([]), { role: 'member', managedTeams: [] });
  t.match(standingOf([inOrg('member'), manages('red')]), { role: 'manager', managedTeams: ['red'] });
  t.match(standingOf([manages('red'), inOrg('admin')]), { role: 'admin', managedTeams: ['red'] });
});

t.test('the principal of a person’s tokens is one object per team', async (t) => {
  const snapshot = load(EMPTY_SNAPSHOT, { keys: [], roles: [manages('red')] });
  const person = snapshot.byEmail.get('o1 a@acme.example');
  if (person === undefined) throw new Error('no person');
  t.equal(personPrincipal(person, 'red'), personPrincipal(person, 'red'));
  t.not(personPrincipal(person, 'red'), personPrincipal(person, null));
  t.equal(snapshot.bySubject.get('o1 s1'), person);
});
