import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { type ExtensionDefinition, PageBlueprint } from '@backstage/frontend-plugin-api';
import { RiShieldCheckLine } from '@remixicon/react';
import { rootRouteRef } from '../routes';

/** What the reader does now, across everything that the reader owns. */
export const callboardPage: ExtensionDefinition = PageBlueprint.make({
  params: {
    path: '/callboard',
    title: 'Callboard',
    icon: <RiShieldCheckLine fontSize="inherit" />,
    routeRef: convertLegacyRouteRef(rootRouteRef),
    loader: () => import('../page/CallboardPage').then(m => <m.CallboardPage />),
  },
});
