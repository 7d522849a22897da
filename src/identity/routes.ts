import type { AdminRoute } from '../admin/route.ts';
import type { RestDeps } from './rest/deps.ts';
import { keyRoutes } from './rest/keys.ts';
import { meRoute } from './rest/me.ts';
import { membershipRoutes } from './rest/memberships.ts';
import { orgRoutes } from './rest/orgs.ts';
import { teamRoutes } from './rest/teams.ts';
import { userRoutes } from './rest/users.ts';

export interface IdentityRoutesDeps extends RestDeps {
  /** `Keyring.reload`: a change is in force on this node before its answer goes out. */
  readonly reload: () => Promise<void>;
}

export function identityRoutes(deps: IdentityRoutesDeps): AdminRoute[] {
  const routes = [
    meRoute(),
    ...orgRoutes(deps),
    ...teamRoutes(deps),
    ...userRoutes(deps),
    ...membershipRoutes(deps),
    ...keyRoutes(deps),
  ];
  return routes.map((route) => (route.method === 'GET' ? route : thenReload(route, deps.reload)));
}

function thenReload(route: AdminRoute, reload: () => Promise<void>): AdminRoute {
  return {
    ...route,
    async handle(call) {
      const result = await route.handle(call);
      // The change is committed: a failed reload is no reason to call it failed, and the watch tries again.
      await reload().catch(() => undefined);
      return result;
    },
  };
}
