import { z } from 'zod';
import { type AdminRoute, adminRoute, listOf, noParams, noQuery } from '../admin/route.ts';
import type { PolicySet } from './policy-set.ts';

export interface PolicyRouteDeps {
  readonly policies: () => PolicySet;
  /** The slug of an organisation, by which policy files may name it. */
  readonly orgSlug: (orgId: string) => string | undefined;
}

const policyAnswer = z.strictObject({
  id: z.string(),
  description: z.string(),
  enforce: z.boolean(),
  file: z.string().describe('The file that declares it.'),
  policy: z.record(z.string(), z.unknown()).describe('The policy as it stands in the file.'),
});

export function policyRoutes({ policies, orgSlug }: PolicyRouteDeps): AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/policies',
      summary: 'Policies that concern callers of this organisation, in the order of their files',
      action: 'policies.read',
      params: noParams,
      query: noQuery,
      answer: listOf(policyAnswer),
      handle: async ({ orgId }) => ({
        answer: {
          data: policies()
            .policies.filter((policy) => policy.concernsOrg(orgId, orgSlug(orgId) ?? orgId))
            .map(({ id, description, enforce, file, entry }) => ({
              id,
              description,
              enforce,
              file,
              policy: { ...entry },
            })),
        },
      }),
    }),
  ];
}
