import { createExtensionDataRef } from '@backstage/frontend-plugin-api';
import type { CatalogExportSettings } from '@backstage/plugin-catalog/alpha';

/** What an extension of the catalog says about exports; the catalog does not export its own reference to this. */
export const exportSettingsRef = createExtensionDataRef<CatalogExportSettings>().with({
  id: 'catalog.export-customization',
});

/** Exports as the catalog's page puts them together: what the configuration says, then what extensions add. */
export function exportSettings(
  configured: CatalogExportSettings | undefined,
  added: readonly (CatalogExportSettings | undefined)[],
): CatalogExportSettings | undefined {
  const all: CatalogExportSettings = { ...configured };
  for (const each of added) {
    if (each?.exporters) {
      all.exporters = { ...all.exporters, ...each.exporters };
    }
    all.columns ??= each?.columns;
    all.onSuccess ??= each?.onSuccess;
    all.onError ??= each?.onError;
  }
  return all.enabled ? all : undefined;
}
