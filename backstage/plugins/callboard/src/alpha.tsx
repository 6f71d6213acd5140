/**
 * Columns of Callboard on the catalog's own page. Found by package discovery beside the plugin itself.
 *
 * @packageDocumentation
 */
import { coreExtensionData, createFrontendModule } from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { z } from 'zod/v4';
import { exportSettings, exportSettingsRef } from './catalog/exports';

const catalogPage = catalogPlugin.getExtension('page:catalog').override({
  configSchema: {
    /** Critical, high, overdue and seen beside each component. */
    severityColumns: z.boolean().default(true),
  },
  factory(originalFactory, { inputs, config }) {
    if (!config.severityColumns) {
      return originalFactory();
    }
    return originalFactory({
      params: {
        loader: async () => {
          const { CatalogPage } = await import('./catalog/CatalogPage');
          return (
            <CatalogPage
              filters={<>{inputs.filters.map(filter => filter.get(coreExtensionData.reactElement))}</>}
              pagination={config.pagination}
              exportSettings={exportSettings(
                config.exportSettings,
                inputs.exportConfig.map(each => each.get(exportSettingsRef)),
              )}
            />
          );
        },
      },
    });
  },
});

/**
 * The catalog's page with the columns; `severityColumns: false` in its configuration switches them off.
 *
 * @alpha
 */
export default createFrontendModule({ pluginId: 'catalog', extensions: [catalogPage] });
