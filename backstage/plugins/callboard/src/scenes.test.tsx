import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen } from '@testing-library/react';
import axe from 'axe-core';
import { scenes } from '../dev/scenes';
import { callboardApiRef } from './api/CallboardApi';

const PATIENCE = { timeout: 20_000 };

describe('every state of every component', () => {
  it.each(scenes.map(scene => [scene.name, scene] as const))('%s says what it is, and axe finds nothing', async (_, scene) => {
    await renderInTestApp(
      <main>
        <h1>A page of the portal</h1>
        <TestApiProvider apis={[[callboardApiRef, scene.api]]}>{scene.element}</TestApiProvider>
      </main>,
      {
        mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
        initialRouteEntries: [scene.at ?? '/'],
      },
    );
    expect((await screen.findAllByText(scene.says, { exact: false }, PATIENCE)).length).toBeGreaterThan(0);
    const { violations } = await axe.run(document.body, {
      // Colours need a real browser: the end-to-end tests look at them.
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false }, 'document-title': { enabled: false } },
    });
    expect(violations.map(each => `${each.id}: ${each.nodes.map(node => node.html).join(' ')}`)).toEqual([]);
  });
});
