/** Every scene as a page of its own: `npm start` in this folder. */
import '@backstage/cli/asset-types';
import { Content, Header, Page } from '@backstage/core-components';
import { attachComponentData } from '@backstage/core-plugin-api';
import { createDevApp } from '@backstage/dev-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { TestApiProvider } from '@backstage/test-utils';
import { callboardApiRef } from '../src/api/CallboardApi';
import { type Scene, scenes } from './scenes';

const ScenePage = ({ scene: { name, api, element } }: { scene: Scene }) => (
  <Page themeId="tool">
    <Header title={name} />
    <Content>
      <TestApiProvider key={name} apis={[[callboardApiRef, api]]}>{element}</TestApiProvider>
    </Content>
  </Page>
);

/** Links to entities lead somewhere. */
const EntityPage = () => <p>The page of an entity.</p>;
attachComponentData(EntityPage, 'core.mountPoint', entityRouteRef);

const app = createDevApp();
for (const scene of scenes) {
  const path = `/${scene.name.replace(/\W+/g, '-').toLocaleLowerCase('en-US')}`;
  app.addPage({ path, title: scene.name, element: <ScenePage scene={scene} /> });
}
app.addPage({ path: '/catalog/:namespace/:kind/:name', element: <EntityPage /> }).render();
