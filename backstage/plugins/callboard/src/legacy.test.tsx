import { EntityProvider, entityRouteRef } from '@backstage/plugin-catalog-react';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router-dom';
import { service } from '../dev/service';
import {
  CallboardPage,
  callboardApiRef,
  callboardPlugin,
  EntityCallboardCard,
  EntityCallboardContent,
  EntityCallboardPackages,
  HomePageMyFindings,
  isCallboardAvailable,
} from './legacy';

const PATIENCE = { timeout: 30_000 };

const entity = (kind: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name: 'checkout-api', namespace: 'default' },
});

const show = (element: JSX.Element) =>
  renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, service()]]}>
      <EntityProvider entity={entity('Component')}>{element}</EntityProvider>
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef } },
  );

describe('the plugin in the legacy frontend system', () => {
  it('has its API', () => {
    expect([...callboardPlugin.getApis()].map(each => each.api.id)).toEqual([callboardApiRef.id]);
  });

  it('has a card, which links nowhere where the tab is not installed', async () => {
    await show(<EntityCallboardCard />);
    expect(await screen.findByText('What to do first', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByText(/^All \d+ open/)).toBeNull();
  });

  it('has a tab', async () => {
    await show(
      <Routes>
        <Route path="/*" element={<EntityCallboardContent />} />
      </Routes>,
    );
    expect(await screen.findByText('2 pieces of work', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('has a tab of packages', async () => {
    await show(
      <Routes>
        <Route path="/*" element={<EntityCallboardPackages />} />
      </Routes>,
    );
    expect(await screen.findByText('1,204 packages', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('has a page and a widget', async () => {
    await show(
      <>
        <Routes>
          <Route path="/*" element={<CallboardPage />} />
        </Routes>
        <HomePageMyFindings />
      </>,
    );
    expect(await screen.findByText('Do now', undefined, PATIENCE)).toBeInTheDocument();
    expect(await screen.findByText('My security findings', undefined, PATIENCE)).toBeInTheDocument();
  });

  it.each(['Component', 'group', 'System', 'Domain', 'User', 'Resource', 'API'])('has something to say about a %s', kind => {
    expect(isCallboardAvailable(entity(kind))).toBe(true);
  });

  it('has nothing to say about a Template', () => {
    expect(isCallboardAvailable(entity('Template'))).toBe(false);
  });
});
