import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import type { ExtensionDefinition } from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint, EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { KINDS } from '../api/scope';
import { entityContentRouteRef, entityPackagesRouteRef } from '../routes';

const filter = { kind: { $in: [...KINDS] } };

/** The card on the pages of components, teams, systems and domains. */
export const entityCard: ExtensionDefinition = EntityCardBlueprint.make({
  name: 'summary',
  params: {
    filter,
    type: 'content',
    loader: () => import('../card/EntityCallboardCard').then(m => <m.EntityCallboardCard />),
  },
});

/** The tab on the same pages. */
export const entityContent: ExtensionDefinition = EntityContentBlueprint.make({
  name: 'findings',
  params: {
    path: 'callboard',
    title: 'Security findings',
    filter,
    routeRef: convertLegacyRouteRef(entityContentRouteRef),
    loader: () => import('../list/EntityCallboardContent').then(m => <m.EntityCallboardContent />),
  },
});

/** What a component consists of, on its page. */
export const entityPackages: ExtensionDefinition = EntityContentBlueprint.make({
  name: 'packages',
  params: {
    path: 'callboard-packages',
    title: 'Packages',
    filter: { kind: 'component' },
    routeRef: convertLegacyRouteRef(entityPackagesRouteRef),
    loader: () => import('../uses/EntityCallboardPackages').then(m => <m.EntityCallboardPackages />),
  },
});
