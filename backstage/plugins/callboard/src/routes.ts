import { createRouteRef, type RouteRef, useRouteRef } from '@backstage/core-plugin-api';

/** The page Callboard. */
export const rootRouteRef: RouteRef<undefined> = createRouteRef({ id: 'callboard' });

/** The tab on an entity's page. */
export const entityContentRouteRef: RouteRef<undefined> = createRouteRef({ id: 'callboard:entity-content' });

/** The tab of packages on a component's page. */
export const entityPackagesRouteRef: RouteRef<undefined> = createRouteRef({ id: 'callboard:entity-packages' });

/** Where a part of this plugin is; `undefined` where the portal has no such part. */
export function useOptionalRoute(ref: RouteRef<undefined>): string | undefined {
  try {
    // A part that is not there throws, always the same in one place of the page: the order of hooks holds.
    // eslint-disable-next-line react-hooks/rules-of-hooks
    return useRouteRef(ref)();
  } catch {
    return undefined;
  }
}
