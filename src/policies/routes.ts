import { z } from 'zod';
import { type AdminRoute, adminRoute } from '../admin/route.ts';
import type { PolicySet } from './policy-set.ts';

export interface PolicyRouteDeps {
  readonly policies: () => PolicySet;
  /** The slug of an organisation, by which policy files may name it. */
  readonly orgSlug: (orgId: string) => string | undefined;
}

const effective = z.object({
  policies: z.array(
    z.object({
      id: z.string(),
      description: z.string(),
      enforce: z.boolean(),
      file: z.string().describe('The file that declares it.'),
      policy: z.record(z.string(), z.unknown()).describe('The policy as it stands in the file.'),
    }),
  ),
});

export function policyRoutes({ policies, orgSlug }: PolicyRouteDeps): AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/policies',
      summary: 'Policies that concern callers of this organisation, in the order of their files',
      action: 'policies.read',
      params: z.strictObject({ orgId: z.string() }),
      query: z.strictObject({}),
      answer: effective,
      handle: async ({ orgId }) => ({
        answer: {
          policies: policies()
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
