import { t } from 'tap';
import { type Directory, type DirectoryChanges, newDirectory } from './directory.ts';
import {
  type KeyRow,
  type MembershipRow,
  type OrgRow,
  personPrincipal,
  standingOf,
  type UserRow,
} from './principals.ts';

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
const role = (teamId: string | null, name: MembershipRow['role']): MembershipRow => ({
  id: `membership ${teamId}`,
  version: '1',
  userId: 'u1',
  teamId,
  role: name,
});

const none = { gone: [], come: [] };
const unchanged: DirectoryChanges = {
  orgs: none,
  teams: none,
  users: none,
  memberships: none,
  keys: none,
  platformKeys: none,
};
const come = <Row>(...rows: Row[]) => ({ gone: [], come: rows });

function filled(...keys: KeyRow[]): Directory {
  const directory = newDirectory();
  directory.apply({ ...unchanged, orgs: come(org), users: come(user), keys: come(...keys) });
  return directory;
}
const principalOf = (directory: Directory, id: string) => directory.key(`hash of ${id}`)?.principal;

t.test('a principal is the same object until something of it changes', async (t) => {
  const alone = key('alone');
  const personal = key('personal', { userId: 'u1' });
  const directory = filled(alone, personal);
  const [first, second] = [principalOf(directory, 'alone'), principalOf(directory, 'personal')];
  directory.apply(unchanged);
  t.equal(principalOf(directory, 'alone'), first);
  t.equal(principalOf(directory, 'personal'), second);
  t.equal(first?.org, second?.org, 'settings are shared');

  const narrowed = key('alone', { version: '2', models: ['gpt-*'], ipRanges: ['10.0.0.0/8'] });
  directory.apply({ ...unchanged, keys: { gone: [alone], come: [narrowed] } });
  t.same(principalOf(directory, 'alone')?.models, ['gpt-*']);
  t.equal(directory.key('hash of alone')?.ranges?.length, 1);
  t.equal(principalOf(directory, 'personal'), second);

  const third = principalOf(directory, 'alone');
  directory.apply({ ...unchanged, memberships: come(role('red', 'manager')) });
  t.equal(principalOf(directory, 'alone'), third);
  t.match(principalOf(directory, 'personal'), { role: 'manager', managedTeams: ['red'] });

  const settled = { ...org, version: '2', storeContent: true };
  directory.apply({ ...unchanged, orgs: { gone: [org], come: [settled] } });
  t.equal(principalOf(directory, 'alone')?.org.storeContent, true);
  t.match(principalOf(directory, 'personal'), { role: 'manager', org: { storeContent: true } });
});

t.test(
  'a rotated key is found by both hashes, and by the old one no longer when it is dropped',
  async (t) => {
    const before = key('k');
    const rotated = key('k', { version: '2', hash: 'new hash', previousHash: before.hash });
    const directory = filled(before);
    directory.apply({ ...unchanged, keys: { gone: [before], come: [rotated] } });
    t.equal(directory.key(before.hash), directory.key('new hash'));
    const settled = { ...rotated, version: '3', previousHash: null };
    directory.apply({ ...unchanged, keys: { gone: [rotated], come: [settled] } });
    t.equal(directory.key(before.hash), undefined);
    t.equal(directory.key('new hash')?.row.id, 'k');
  },
);

t.test('a key stands for its user, else for itself', async (t) => {
  const directory = filled(
    key('mine', { userId: 'u1', role: 'owner' }),
    key('robot', { role: 'manager', teamId: 'blue', kind: 'admin' }),
    key('orphan', { userId: 'unknown' }),
  );
  directory.apply({ ...unchanged, memberships: come(role('red', 'manager')) });
  t.match(principalOf(directory, 'mine'), {
    role: 'manager',
    managedTeams: ['red'],
    email: 'a@acme.example',
  });
  t.match(principalOf(directory, 'robot'), { role: 'manager', managedTeams: ['blue'], email: null });
  t.same(principalOf(directory, 'mine')?.uses, { inference: true, admin: false });
  t.same(principalOf(directory, 'robot')?.uses, { inference: true, admin: true });
  t.equal(directory.key('hash of orphan'), undefined, 'a key whose user is not there opens nothing');
});

t.test('addresses and subjects move with their user', async (t) => {
  const directory = filled();
  t.equal(directory.personByEmail('o1', user.email)?.row, user);
  t.equal(directory.personBySubject('o1', 's1')?.row, user);
  t.equal(directory.personByEmail('o2', user.email), undefined, 'not in another organisation');
  const moved = { ...user, version: '2', email: 'b@acme.example', externalId: null };
  const heir = { ...user, id: 'u2', externalId: 's2' };
  directory.apply({ ...unchanged, users: { gone: [user], come: [moved, heir] } });
  t.equal(directory.personByEmail('o1', 'b@acme.example')?.row, moved);
  t.equal(directory.personByEmail('o1', user.email)?.row, heir);
  t.equal(directory.personBySubject('o1', 's1'), undefined);
});

t.test('memberships add up: the organisation’s role, and manager for whoever manages a team', async (t) => {
  t.match(standingOf([]), { role: 'member', managedTeams: [] });
  t.match(standingOf([role(null, 'member'), role('red', 'manager')]), {
    role: 'manager',
    managedTeams: ['red'],
  });
  t.match(standingOf([role('red', 'manager'), role(null, 'admin')]), { role: 'admin', teams: ['red'] });
});

t.test('the principal of a person’s tokens is one object per team', async (t) => {
  const person = filled().personByEmail('o1', user.email);
  if (person === undefined) throw new Error('no person');
  t.equal(personPrincipal(person, 'red'), personPrincipal(person, 'red'));
  t.not(personPrincipal(person, 'red'), personPrincipal(person, null));
});
