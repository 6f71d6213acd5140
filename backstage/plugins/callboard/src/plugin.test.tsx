import type { Entity } from '@backstage/catalog-model';
import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { ApiBlueprint, createFrontendModule } from '@backstage/frontend-plugin-api';
import { renderTestApp } from '@backstage/frontend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef, entityRouteRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock, createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { screen, waitFor } from '@testing-library/react';
import { row } from '../dev/made';
import { service } from '../dev/service';
import catalogColumns from './alpha';
import { type CallboardApi, callboardApiRef } from './api/CallboardApi';
import { Rows } from './api/rows';
import plugin from './plugin';

const PATIENCE = { timeout: 100_000 };

const entity = (name: string): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name, namespace: 'default' },
  spec: { type: 'service', owner: 'group:default/checkout', lifecycle: 'production' },
});

const answering = (api: CallboardApi) =>
  createFrontendModule({
    pluginId: 'callboard',
    extensions: [ApiBlueprint.make({ params: define => define({ api: callboardApiRef, deps: {}, factory: () => api }) })],
  });

const catalogOf = (entities: Entity[]) =>
  createFrontendModule({
    pluginId: 'catalog',
    extensions: [
      ApiBlueprint.make({
        params: define => define({ api: catalogApiRef, deps: {}, factory: () => catalogApiMock({ entities }) }),
      }),
    ],
  });

describe('the plugin in the new frontend system', () => {
  it('brings its page under its own address', async () => {
    await renderTestApp({
      features: [plugin, answering(service())],
      mountedRoutes: { '/catalog/:namespace/:kind/:name': convertLegacyRouteRef(entityRouteRef) },
      initialRouteEntries: ['/callboard'],
    });
    expect(await screen.findByText('Do now', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('brings a card to a component’s page, with no annotation needed', async () => {
    await renderTestApp({
      features: [plugin, answering(service())],
      extensions: [createTestEntityPage({ entity: entity('checkout-api') })],
    });
    expect(await screen.findByText('What to do first', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('brings a tab of packages to a component’s page', async () => {
    await renderTestApp({
      features: [plugin, answering(service())],
      extensions: [createTestEntityPage({ entity: entity('checkout-api') })],
      // The page for tests has no addresses below its own on older releases, so this tab has it to itself.
      config: { app: { extensions: [{ 'entity-content:callboard/findings': false }] } },
    });
    expect(await screen.findByText('1,204 packages', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('puts its columns on the catalog’s own table, and asks once for all rows of a page', async () => {
    const asked: string[][] = [];
    const rows = new Rows(async refs => {
      asked.push(refs);
      return refs.filter(ref => !ref.endsWith('/c')).map(ref => row({ ref }));
    });
    await renderTestApp({
      features: [
        plugin,
        catalogPlugin,
        catalogColumns,
        catalogOf(['a', 'b', 'c'].map(entity)),
        answering(service({ row: ref => rows.row(ref) })),
      ],
      initialRouteEntries: ['/catalog?filters[user]=all'],
    });
    await waitFor(() => expect(screen.getAllByText(/^\d+ min ago$/)).toHaveLength(2), PATIENCE);
    for (const title of ['Critical', 'High', 'Overdue', 'Seen']) {
      expect(screen.getByRole('columnheader', { name: title })).toBeInTheDocument();
    }
    expect(screen.getAllByText('not yours').length).toBeGreaterThan(0);
    expect(asked.map(refs => [...refs].sort())).toEqual([
      ['component:default/a', 'component:default/b', 'component:default/c'],
    ]);
  });

  it('leaves the catalog’s table alone where one key says so', async () => {
    await renderTestApp({
      features: [plugin, catalogPlugin, catalogColumns, catalogOf([entity('a')]), answering(service())],
      config: {
        backend: { baseUrl: 'http://localhost:7007' },
        app: { extensions: [{ 'page:catalog': { config: { severityColumns: false } } }] },
      },
      initialRouteEntries: ['/catalog?filters[user]=all'],
    });
    expect(await screen.findByRole('columnheader', { name: 'Name' }, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByRole('columnheader', { name: 'Critical' })).toBeNull();
  });
});
