import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { callboardApi } from './extensions/api';
import { entityCard, entityContent, entityPackages } from './extensions/entity';
import { homeWidget } from './extensions/home';
import { callboardPage } from './extensions/page';
import { rootRouteRef } from './routes';

/**
 * Callboard in the new frontend system.
 *
 * @public
 */
export default createFrontendPlugin({
  pluginId: 'callboard',
  title: 'Callboard',
  info: { packageJson: () => import('../package.json') },
  routes: { root: convertLegacyRouteRef(rootRouteRef) },
  extensions: [callboardApi, entityCard, entityContent, entityPackages, callboardPage, homeWidget],
});
