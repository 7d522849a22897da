import { z } from 'zod';
import { type AdminRoute, adminRoute, noParams, noQuery, pageOf } from '../../admin/route.ts';
import { Fault } from '../../core/fault.ts';
import type { Tx } from '../../storage/database.ts';
import { reaches } from '../authorize.ts';
import { mintKey } from '../key.ts';
import { findKey, insertKey, type Key, listKeys, lockKey, updateKey } from '../store/keys.ts';
import { findTeam } from '../store/teams.ts';
import { findUser } from '../store/users.ts';
import { found, named, newId, type RestDeps, sent, within } from './deps.ts';
import { mayHold } from './ranks.ts';
import {
  id,
  type KeyChange,
  type KeyCreate,
  keyAnswer,
  keyChange,
  keyCreate,
  keyRotation,
  keyShown,
  pageQuery,
} from './shapes.ts';

const keyParams = z.strictObject({ keyId: id });

export function keyRoutes(deps: RestDeps): AdminRoute[] {
  return [
    createKey(deps),
    listAll(deps),
    readOne(deps),
    changeKey(deps),
    rotateKey(deps),
    setStatus(deps, 'block', 'blocked', 'Block a key until it is unblocked'),
    setStatus(deps, 'unblock', 'active', 'Let a blocked key in again'),
    setStatus(deps, 'revoke', 'revoked', 'Revoke a key for good'),
  ];
}

function createKey(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: '/orgs/:orgId/keys',
    summary: 'Create a virtual key; the answer shows it, once',
    action: 'keys.create',
    status: 201,
    params: noParams,
    query: noQuery,
    body: keyCreate,
    answer: keyShown,
    async handle({ orgId, principal, body }) {
      const role = body.role ?? 'member';
      mayHold(principal, { kind: body.kind, userId: body.user_id, role });
      if (typeof body.expires_at === 'string' && Date.parse(body.expires_at) <= deps.clock.now())
        throw new Fault('invalid_request', 'expires_at has passed: the key would never work.', {
          param: 'expires_at',
        });
      const minted = mintKey(body.kind, deps.random);
      const created = await deps.db.withOrg(orgId, async (tx) => {
        await scopeExists(tx, orgId, body);
        return insertKey(tx, {
          ...settingsOf(body),
          id: newId(deps),
          orgId,
          teamId: body.team_id,
          userId: body.user_id,
          name: body.name,
          kind: body.kind,
          role,
          hint: minted.hint,
          hash: minted.hash,
          createdBy: principal.actor,
        });
      });
      return {
        answer: { ...keyView(created), key: minted.plaintext },
        resource: `key/${created.id}`,
        changes: named(body),
      };
    },
  });
}

/** Team and user are looked up, since foreign keys do not mind rows of other organisations. */
async function scopeExists(tx: Tx, orgId: string, body: KeyCreate): Promise<void> {
  const { team_id: teamId, user_id: userId, role } = body;
  if (userId !== null && role !== undefined) {
    throw new Fault('unprocessable', 'A key of a user has the role of that user. Leave out `role`.', {
      param: 'role',
    });
  }
  if (role === 'manager' && teamId === null) {
    throw new Fault('unprocessable', 'A manager manages a team: name it in `team_id`.', { param: 'team_id' });
  }
  if (teamId !== null && (await findTeam(tx, orgId, teamId)) === undefined) {
    throw new Fault('unprocessable', 'There is no such team in this organisation.', { param: 'team_id' });
  }
  if (userId !== null && (await findUser(tx, orgId, userId)) === undefined) {
    throw new Fault('unprocessable', 'There is no such user in this organisation.', { param: 'user_id' });
  }
}

function listAll(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/keys',
    summary: 'List keys; managers see those of their teams, members their own',
    action: 'keys.list',
    params: noParams,
    query: pageQuery,
    answer: pageOf(keyAnswer),
    async handle({ orgId, principal, reach, query }) {
      const page = await deps.db.withOrg(orgId, (tx) =>
        listKeys(tx, orgId, within(principal, reach), query.limit, query.cursor),
      );
      return { answer: { data: page.rows.map(keyView), next_cursor: page.nextCursor } };
    },
  });
}

function readOne(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/keys/:keyId',
    summary: 'Read a key; what it is made of is shown only when it is created',
    action: 'keys.read',
    params: keyParams,
    query: noQuery,
    answer: keyAnswer,
    async handle({ orgId, principal, reach, params: { keyId } }) {
      const key = await deps.db.withOrg(orgId, (tx) => findKey(tx, orgId, keyId));
      const visible = key !== undefined && reaches(principal, reach, key) ? key : undefined;
      return { answer: keyView(found(visible, 'key', 'keyId')) };
    },
  });
}

function changeKey(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PATCH',
    path: '/orgs/:orgId/keys/:keyId',
    summary: 'Rename a key, or change its expiry, models, IP ranges or tags',
    action: 'keys.update',
    params: keyParams,
    query: noQuery,
    body: keyChange,
    answer: keyAnswer,
    async handle({ orgId, principal, params: { keyId }, body }) {
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        const key = found(await lockKey(tx, orgId, keyId), 'key', 'keyId');
        mayHold(principal, key);
        notRevoked(key);
        return updateKey(tx, orgId, keyId, settingsOf(body));
      });
      return { answer: keyView(updated), resource: `key/${keyId}`, changes: named(body) };
    },
  });
}

function rotateKey(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: '/orgs/:orgId/keys/:keyId/rotate',
    summary: 'Replace a key; the old one works on for the grace period',
    action: 'keys.rotate',
    params: keyParams,
    query: noQuery,
    body: keyRotation,
    answer: keyShown,
    async handle({ orgId, principal, params: { keyId }, body }) {
      const graceMs = body.grace_seconds * 1000;
      const { rotated, plaintext } = await deps.db.withOrg(orgId, async (tx) => {
        const key = found(await lockKey(tx, orgId, keyId), 'key', 'keyId');
        mayHold(principal, key);
        notRevoked(key);
        const minted = mintKey(key.kind, deps.random);
        const rotated = await updateKey(tx, orgId, keyId, {
          hash: minted.hash,
          hint: minted.hint,
          previousHash: graceMs === 0 ? null : key.hash,
          previousExpiresAt: graceMs === 0 ? null : new Date(deps.clock.now() + graceMs),
        });
        return { rotated, plaintext: minted.plaintext };
      });
      return {
        answer: { ...keyView(rotated), key: plaintext },
        resource: `key/${keyId}`,
        changes: named(body),
      };
    },
  });
}

function setStatus(
  deps: RestDeps,
  verb: 'block' | 'unblock' | 'revoke',
  status: Key['status'],
  summary: string,
): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: `/orgs/:orgId/keys/:keyId/${verb}`,
    summary,
    action: `keys.${verb}`,
    params: keyParams,
    query: noQuery,
    answer: keyAnswer,
    async handle({ orgId, principal, params: { keyId } }) {
      const updated = await deps.db.withOrg(orgId, async (tx) => {
        const key = found(await lockKey(tx, orgId, keyId), 'key', 'keyId');
        // Any admin may stop a key that leaked, whosever it is; only who may hold it may bring it back.
        if (verb === 'unblock') mayHold(principal, key);
        if (verb !== 'revoke') notRevoked(key);
        return updateKey(tx, orgId, keyId, { status });
      });
      return { answer: keyView(updated), resource: `key/${keyId}`, changes: { status } };
    },
  });
}

function notRevoked(key: Key): void {
  if (key.status !== 'revoked') return;
  throw new Fault('conflict', 'The key has been revoked, which is for good. Create a new one.', {
    param: 'keyId',
  });
}

function settingsOf(change: KeyChange) {
  return sent({
    name: change.name,
    models: change.models,
    ipRanges: change.ip_ranges,
    tags: change.tags,
    expiresAt: typeof change.expires_at === 'string' ? new Date(change.expires_at) : change.expires_at,
  });
}

function keyView(key: Key): z.input<typeof keyAnswer> {
  return {
    id: key.id,
    name: key.name,
    kind: key.kind,
    role: key.role,
    hint: key.hint,
    status: key.status,
    team_id: key.teamId,
    user_id: key.userId,
    models: key.models,
    ip_ranges: key.ipRanges,
    tags: key.tags,
    expires_at: key.expiresAt?.toISOString() ?? null,
    previous_expires_at: key.previousExpiresAt?.toISOString() ?? null,
    created_by: key.createdBy,
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
  };
}
