import { z } from 'zod';
import { type AdminRoute, adminRoute, noParams, noQuery } from '../../admin/route.ts';
import { ROLES } from '../roles.ts';
import { id } from './shapes.ts';

const meAnswer = z.strictObject({
  actor: z.string().describe('How audit records name the caller.'),
  kind: z.enum(['key', 'jwt', 'platform']),
  role: z.enum(ROLES),
  org: z.strictObject({ id, slug: z.string() }).nullable().describe('null for operators of the gateway'),
  team_id: id.nullable(),
  user_id: id.nullable(),
  key_id: id.nullable(),
  email: z.string().nullable(),
  managed_teams: z.array(id),
});

export function meRoute(): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/me',
    summary: 'Who the caller is, and with which role',
    action: 'me.read',
    params: noParams,
    query: noQuery,
    answer: meAnswer,
    async handle({ principal }) {
      const answer = {
        actor: principal.actor,
        kind: principal.kind,
        role: principal.role,
        org: principal.orgId === '' ? null : { id: principal.orgId, slug: principal.orgSlug },
        team_id: principal.teamId,
        user_id: principal.userId,
        key_id: principal.keyId,
        email: principal.email,
        managed_teams: [...principal.managedTeams],
      };
      return { answer };
    },
  });
}
