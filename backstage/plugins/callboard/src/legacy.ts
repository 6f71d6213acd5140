/**
 * Callboard for portals on the legacy frontend system.
 *
 * @packageDocumentation
 */
import type { Entity } from '@backstage/catalog-model';
import {
  configApiRef,
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
  identityApiRef,
} from '@backstage/core-plugin-api';
import { createCardExtension } from '@backstage/plugin-home-react';
import { callboardApiRef } from './api/CallboardApi';
import { CallboardClient } from './api/CallboardClient';
import { KINDS } from './api/scope';
import { entityContentRouteRef, entityPackagesRouteRef, rootRouteRef } from './routes';

export { type CallboardApi, callboardApiRef } from './api/CallboardApi';
export { callboardColumns, withCallboardColumns } from './catalog/columns';

/**
 * The plugin, with its API.
 *
 * @public
 */
export const callboardPlugin = createPlugin({
  id: 'callboard',
  apis: [
    createApiFactory({
      api: callboardApiRef,
      deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, fetchApi: fetchApiRef, identityApi: identityApiRef },
      factory: apis => new CallboardClient(apis),
    }),
  ],
  routes: { root: rootRouteRef, entityContent: entityContentRouteRef, entityPackages: entityPackagesRouteRef },
});

/**
 * The card for an entity's overview.
 *
 * @public
 */
export const EntityCallboardCard = callboardPlugin.provide(
  createComponentExtension({
    name: 'EntityCallboardCard',
    component: { lazy: () => import('./card/EntityCallboardCard').then(m => m.EntityCallboardCard) },
  }),
);

/**
 * The tab of an entity: put it into an `EntityLayout.Route`.
 *
 * @public
 */
export const EntityCallboardContent = callboardPlugin.provide(
  createRoutableExtension({
    name: 'EntityCallboardContent',
    component: () => import('./list/EntityCallboardContent').then(m => m.EntityCallboardContent),
    mountPoint: entityContentRouteRef,
  }),
);

/**
 * The tab of a component's packages: put it into an `EntityLayout.Route` on the page of components.
 *
 * @public
 */
export const EntityCallboardPackages = callboardPlugin.provide(
  createRoutableExtension({
    name: 'EntityCallboardPackages',
    component: () => import('./uses/EntityCallboardPackages').then(m => m.EntityCallboardPackages),
    mountPoint: entityPackagesRouteRef,
  }),
);

/**
 * The page Callboard: what the reader does now.
 *
 * @public
 */
export const CallboardPage = callboardPlugin.provide(
  createRoutableExtension({
    name: 'CallboardPage',
    component: () => import('./page/LegacyCallboardPage').then(m => m.LegacyCallboardPage),
    mountPoint: rootRouteRef,
  }),
);

/**
 * The reader's own findings for the home page.
 *
 * @public
 */
export const HomePageMyFindings = callboardPlugin.provide(
  createCardExtension({
    name: 'HomePageMyFindings',
    title: 'My security findings',
    components: () => import('./home/MyFindings').then(m => ({ Content: m.Content })),
  }),
);

/**
 * Whether Callboard has something to say about entities of this kind, for `EntitySwitch`. It needs no annotation.
 *
 * @public
 */
export function isCallboardAvailable(entity: Entity): boolean {
  return (KINDS as readonly string[]).includes(entity.kind.toLocaleLowerCase('en-US'));
}
