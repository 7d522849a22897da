import type { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, noParams, noQuery, pageOf } from '../../admin/route.ts';
import { Fault } from '../../core/fault.ts';
import { insertOrg, listOrgs, type Org, type OrgPatch, readOrg, updateOrg } from '../store/orgs.ts';
import { found, named, newId, type RestDeps, sent } from './deps.ts';
import { billingChange, type OrgChange, orgAnswer, orgChange, orgCreate, pageQuery } from './shapes.ts';
import { emailAllowed } from './users.ts';

export function orgRoutes(deps: RestDeps): AdminRoute[] {
  return [createOrg(deps), listAll(deps), readOne(deps), changeOrg(deps), deleteOrg(deps), setPlan(deps)];
}

function createOrg(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'POST',
    path: '/orgs',
    summary: 'Create an organisation, with its first owner where one is named',
    action: 'orgs.create',
    status: 201,
    params: noParams,
    query: noQuery,
    body: orgCreate,
    answer: orgAnswer,
    async handle({ body }) {
      const { slug, plan, owner, ...change } = body;
      if (owner !== undefined) {
        emailAllowed(owner.email, body.allowed_email_domains ?? null, 'owner.email');
      }
      const orgId = newId(deps);
      const org = {
        ...patchOf(change),
        id: orgId,
        slug,
        name: body.name,
        ...(plan === undefined ? {} : { plan }),
      };
      const first = owner && {
        user: { id: newId(deps), orgId, email: owner.email, name: owner.name },
        membershipId: newId(deps),
      };
      const created = await insertOrg(deps.db, org, first);
      if (created === undefined) throw slugTaken(slug);
      return { answer: orgView(created), resource: `org/${orgId}`, changes: named(body) };
    },
  });
}

function listAll(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs',
    summary: 'List the organisations of this gateway',
    action: 'orgs.list',
    params: noParams,
    query: pageQuery,
    answer: pageOf(orgAnswer),
    async handle({ query }) {
      const { rows, nextCursor } = await listOrgs(deps.db, query.limit, query.cursor);
      return { answer: { data: rows.map(orgView), next_cursor: nextCursor } };
    },
  });
}

function readOne(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId',
    summary: 'Read an organisation and its settings',
    action: 'orgs.read',
    params: noParams,
    query: noQuery,
    answer: orgAnswer,
    async handle({ orgId }) {
      return { answer: orgView(found(await readOrg(deps.db, orgId), 'organisation', 'orgId')) };
    },
  });
}

function changeOrg(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PATCH',
    path: '/orgs/:orgId',
    summary: 'Change the settings of an organisation',
    action: 'orgs.update',
    params: noParams,
    query: noQuery,
    body: orgChange,
    answer: orgAnswer,
    async handle({ orgId, body, principal }) {
      if (body.status !== undefined && principal.role !== 'platform') {
        throw new Fault(
          'permission_denied',
          'Only operators of the gateway may suspend or reactivate an organisation.',
          { param: 'status' },
        );
      }
      if (body.retention_days !== undefined && principal.role !== 'platform' && principal.role !== 'owner') {
        throw new Fault(
          'permission_denied',
          'Only owners may change retention_days: what is past it is deleted for good.',
          { param: 'retention_days' },
        );
      }
      const updated = await updateOrg(deps.db, orgId, patchOf(body));
      return {
        answer: orgView(found(updated, 'organisation', 'orgId')),
        resource: `org/${orgId}`,
        changes: named(body),
      };
    },
  });
}

function setPlan(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'PUT',
    path: '/orgs/:orgId/billing',
    summary: 'Change the plan of an organisation',
    action: 'orgs.billing',
    params: noParams,
    query: noQuery,
    body: billingChange,
    answer: orgAnswer,
    async handle({ orgId, body }) {
      const updated = await updateOrg(deps.db, orgId, { plan: body.plan });
      return {
        answer: orgView(found(updated, 'organisation', 'orgId')),
        resource: `org/${orgId}`,
        changes: named(body),
      };
    },
  });
}

function deleteOrg(deps: RestDeps): AdminRoute {
  return adminRoute({
    method: 'DELETE',
    path: '/orgs/:orgId',
    summary: 'Delete an organisation: its keys stop working, its records stay for the audit trail',
    action: 'orgs.delete',
    params: noParams,
    query: noQuery,
    answer: deletedAnswer,
    async handle({ orgId }) {
      found(await updateOrg(deps.db, orgId, { status: 'deleted' }), 'organisation', 'orgId');
      return { answer: { id: orgId, deleted: true as const }, resource: `org/${orgId}` };
    },
  });
}

function patchOf(change: OrgChange): OrgPatch {
  return sent({
    name: change.name,
    status: change.status,
    allowedProviders: change.allowed_providers,
    restrictedProviders: change.restricted_providers,
    defaultProvider: change.default_provider,
    dataResidency: change.data_residency,
    retentionDays: change.retention_days,
    allowedEmailDomains: change.allowed_email_domains,
    byokAllowed: change.byok_allowed,
    exportAllowed: change.export_allowed,
    storeContent: change.store_content,
  });
}

function orgView(org: Org): z.input<typeof orgAnswer> {
  return {
    id: org.id,
    slug: org.slug,
    name: org.name,
    plan: org.plan,
    status: org.status,
    allowed_providers: org.allowedProviders,
    restricted_providers: org.restrictedProviders,
    default_provider: org.defaultProvider,
    data_residency: org.dataResidency,
    retention_days: org.retentionDays,
    allowed_email_domains: org.allowedEmailDomains,
    byok_allowed: org.byokAllowed,
    export_allowed: org.exportAllowed,
    store_content: org.storeContent,
    created_at: org.createdAt.toISOString(),
    updated_at: org.updatedAt.toISOString(),
  };
}

function slugTaken(slug: string): Fault {
  return new Fault(
    'conflict',
    `The slug ${slug} is taken (slugs of deleted organisations stay taken). Choose another one.`,
    { param: 'slug' },
  );
}
